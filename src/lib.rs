//! Meed: an embedded, scripted rules engine for incentive programs.
//!
//! A **program definition** in YAML and **rule scripts** in Rhai decide, for each claim, who is eligible, what is awarded,
//! which tier applies and what looks like fraud.
//!
//! # One claim on its way
//!
//! A [`workspace`] puts a definition over those that it extends, and loads it with its scripts and tables. [`program`] reads
//! the YAML with its places and checks it as a whole; each expression goes through [`script`], where Rhai parses it and every name and type is checked before it
//! becomes part of one typed form. [`input`] reads the claims file by the declared types of [`schema`] into [`claim::Claims`];
//! what can't be read of a row stands with it as a deficiency. [`engine::run`] puts the claims into the program's order and
//! decides each on the [`history`] that those before it left. What was decided is an [`outcome::Outcome`], with coded
//! reasons and, where asked for, a trace of every step. [`report`] writes outcomes as files, tables and words; [`cases`] locks
//! them as snapshots; [`cli`] is the command.
//!
//! ```
//! use std::path::Path;
//!
//! use meed::{
//!     diagnostic::Findings,
//!     engine::run,
//!     history::History,
//!     outcome::Depth,
//!     input::{ColumnMap, read_claims, wanted},
//!     workspace::Workspace,
//! };
//!
//! let workspace = Workspace::find(Path::new(env!("CARGO_MANIFEST_DIR")))?;
//! let mut findings = Findings::new();
//! let loaded = workspace.load(&"giftware/trade-rebate".parse()?, &mut findings).ok_or("the program has errors")?;
//! let wanted = wanted(&loaded.program.claim.fields);
//! let csv = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n\
//!            1,LAMP,Lamp,100,2011-01-10 09:15:00,14.50,C-100,EIRE\n";
//! let claims = read_claims("claims.csv", csv.as_bytes(), &wanted, &ColumnMap::default(), &mut |_| {})?.claims;
//! let mut history = History::new();
//! run(&loaded.program, &loaded.tables, &mut history, &claims, &|_, _| Depth::Words, &mut |outcome, _| {
//!     assert_eq!(outcome.award.to_string(), "14.50");
//! });
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails, as it should"))]

pub mod calendar;
pub mod cases;
pub mod claim;
pub mod cli;
pub mod diagnostic;
pub mod engine;
pub mod history;
pub mod input;
pub mod money;
pub mod outcome;
pub mod program;
pub mod report;
pub mod schema;
pub mod script;
pub mod workspace;

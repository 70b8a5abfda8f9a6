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
//! use meed::workspace::Workspace;
//!
//! let program = Workspace::find(Path::new(env!("CARGO_MANIFEST_DIR")))?.open("giftware/trade-rebate")?;
//! let line = [
//!     ("invoice_no", "1"), ("stock_code", "LAMP"), ("customer_id", "C-100"),
//!     ("quantity", "100"), ("quantity_written", "100"), ("unit_price", "14.50"), ("unit_price_written", "14.50"),
//!     ("invoice_date", "2011-01-10 09:15:00"), ("invoiced_at", "2011-01-10 09:15:00"),
//! ];
//! let outcomes = program.evaluate(&mut program.past(), &program.claims("orders", [line])?);
//! assert_eq!(outcomes[0].award.to_string(), "14.50");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! `docs/embedding.md` says more, and how to add functions that rules may call.
#![cfg_attr(test, allow(clippy::arithmetic_side_effects, reason = "a test that overflows fails, as it should"))]

/// The code of the page for embedders is compiled and run with the tests.
#[cfg(doctest)]
#[doc = include_str!("../docs/embedding.md")]
pub struct EmbeddingPage;

pub mod calendar;
pub mod cases;
pub mod claim;
pub mod cli;
pub mod compare;
pub mod diagnostic;
pub mod engine;
pub mod history;
pub mod input;
pub mod ledger;
pub mod money;
pub mod outcome;
pub mod posting;
pub mod program;
pub mod report;
pub mod schema;
pub mod script;
pub mod variant;
pub mod workspace;

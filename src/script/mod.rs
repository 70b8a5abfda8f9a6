//! Rules: Rhai is parsed here and nowhere else, checked against declared types, and lowered to a small typed form
//! that is then evaluated. No script ever runs in Rhai itself.

mod branch;
mod builtin;
mod code;
mod cost;
mod evaluate;
mod form;
pub mod limit;
mod literal;
mod look;
mod lower;
#[cfg(test)]
#[cfg(not(fuzzing))]
mod oracle;
#[cfg(fuzzing)]
#[allow(dead_code, reason = "a fuzz target uses a part of it")]
pub mod oracle;
mod parse;
mod spacing;
mod token;
mod tree;
mod vocabulary;

pub use branch::{Branch, Tally, Way};
pub use builtin::{BUILTINS, Builtin, Functions, Signature, WrongFunction};
pub use evaluate::{Evaluation, Failure, Found, Scope, compared, evaluate, fill, holds, number};
pub use form::{Expression, Form, Read, Template};
pub use lower::{Checker, Facts, Wanted};
pub use parse::Scripts;
pub use spacing::without_spacing;
pub use token::{Token, TokenKind};
pub use vocabulary::{Member, RowType, Vocabulary};

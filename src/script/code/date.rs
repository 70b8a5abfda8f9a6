//! Dates.

use chrono::Datelike;

use super::{Compiler, Frame, RunValue, Stop, Watch};
use crate::{
    calendar::Date,
    claim::Value,
    script::form::{Node, NodeId, Read},
};

/// A date. One that the claim holds is read without a call.
pub(super) enum Dated<W> {
    Field(NodeId, usize),
    Code(NodeId, RunValue<W>),
}

const NO_DATE: &str = "an empty value is compared";

impl<W: Watch> Dated<W> {
    #[expect(clippy::inline_always, reason = "a call would cost more than what is read")]
    #[inline(always)]
    pub(super) fn get(&self, frame: &mut Frame<'_, '_, '_, W>) -> Result<Date, Stop> {
        match self {
            Self::Field(id, field) => {
                frame.see(*id);
                match frame.scope.claim.row().date(*field) {
                    Some(date) => Ok(date),
                    None => frame.fail(*id, NO_DATE),
                }
            }
            Self::Code(id, run) => match run(frame)? {
                Value::Date(date) => Ok(date),
                _ => frame.fail(*id, NO_DATE),
            },
        }
    }
}

impl<W: Watch> Dated<W> {
    /// The number of the day, as rows keep it.
    #[inline]
    pub(super) fn day(&self, frame: &mut Frame<'_, '_, '_, W>) -> Result<i64, Stop> {
        if let Self::Field(id, field) = self {
            frame.see(*id);
            return match frame.scope.claim.row().day(*field) {
                Some(day) => Ok(day),
                None => frame.fail(*id, NO_DATE),
            };
        }
        Ok(i64::from(self.get(frame)?.num_days_from_ce()))
    }
}

impl<W: Watch> Compiler<'_, W> {
    /// A date.
    pub(super) fn date(&self, id: NodeId) -> Dated<W> {
        match self.node(id) {
            Node::Read(Read::Field(field)) => Dated::Field(id, field),
            _ => Dated::Code(id, self.value(id)),
        }
    }
}

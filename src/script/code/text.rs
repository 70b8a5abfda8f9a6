//! Texts.

use super::{Compiler, Frame, RunValue, Stop, Watch};
use crate::{
    claim::{Constant, Value},
    script::form::{Node, NodeId, Read},
};

/// A text. What is there already is read without a call.
pub(super) enum Text<W> {
    Constant(NodeId, u32),
    Field(NodeId, usize),
    Code(NodeId, RunValue<W>),
}

const NO_TEXT: &str = "an empty value is compared";

impl<W: Watch> Text<W> {
    #[expect(clippy::inline_always, reason = "a call would cost more than what is read")]
    #[inline(always)]
    pub(super) fn get<'a>(&self, frame: &mut Frame<'a, '_, '_, W>) -> Result<&'a str, Stop> {
        match self {
            Self::Constant(id, number) => {
                frame.see(*id);
                match frame.form.constants.get(*number as usize) {
                    Some(Constant::Text(text)) => Ok(text),
                    _ => frame.fail(*id, NO_TEXT),
                }
            }
            Self::Field(id, field) => {
                frame.see(*id);
                match frame.scope.claim.row().text(*field) {
                    Some(text) => Ok(text),
                    None => frame.fail(*id, NO_TEXT),
                }
            }
            Self::Code(id, run) => match run(frame)? {
                Value::Text(text) => Ok(text),
                _ => frame.fail(*id, NO_TEXT),
            },
        }
    }
}

impl<W: Watch> Compiler<'_, W> {
    /// A text.
    pub(super) fn text(&self, id: NodeId) -> Text<W> {
        match self.node(id) {
            Node::Constant(number) => Text::Constant(id, number),
            Node::Read(Read::Field(field)) => Text::Field(id, field),
            _ => Text::Code(id, self.value(id)),
        }
    }
}

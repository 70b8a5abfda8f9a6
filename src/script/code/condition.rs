//! Conditions.

use super::{Compiler, Run, Watch, flow::none};
use crate::{
    claim::{Constant, Value},
    money::compare,
    script::{
        branch::Way,
        form::{Compared, Comparison, Kept, Node, NodeId, Read},
    },
};

const NO_CONDITION: &str = "a condition has no value";
const EMPTY: &str = "an empty value is compared";

/// A closure for each comparison, so that none is looked up while it runs.
macro_rules! ordered {
    ($comparison:expr, $id:expr, $frame:ident, $order:expr) => {{
        let id = $id;
        match $comparison {
            Comparison::Equal => Box::new(move |$frame| {
                $frame.see(id);
                Ok($order.is_eq())
            }),
            Comparison::Unequal => Box::new(move |$frame| {
                $frame.see(id);
                Ok($order.is_ne())
            }),
            Comparison::Less => Box::new(move |$frame| {
                $frame.see(id);
                Ok($order.is_lt())
            }),
            Comparison::AtMost => Box::new(move |$frame| {
                $frame.see(id);
                Ok($order.is_le())
            }),
            Comparison::Greater => Box::new(move |$frame| {
                $frame.see(id);
                Ok($order.is_gt())
            }),
            Comparison::AtLeast => Box::new(move |$frame| {
                $frame.see(id);
                Ok($order.is_ge())
            }),
        }
    }};
}

impl<W: Watch> Compiler<'_, W> {
    /// Whether a condition holds.
    pub(super) fn condition(&self, id: NodeId) -> Run<W, bool> {
        let condition = self.unmarked(id);
        let Some(tally) = self.tally.clone() else { return condition };
        Box::new(move |frame| {
            let holds = condition(frame)?;
            tally.mark(id, if holds { Way::Holds } else { Way::Fails });
            Ok(holds)
        })
    }

    fn unmarked(&self, id: NodeId) -> Run<W, bool> {
        match self.node(id) {
            Node::Boolean(boolean) => Box::new(move |frame| {
                frame.see(id);
                Ok(boolean)
            }),
            Node::Not(inner) => {
                let inner = self.condition(inner);
                Box::new(move |frame| {
                    frame.see(id);
                    Ok(!inner(frame)?)
                })
            }
            Node::IsNothing(inner) => self.is_nothing(id, inner),
            Node::All(parts) => {
                let parts: Vec<Run<W, bool>> = self.children(parts).iter().map(|part| self.condition(*part)).collect();
                Box::new(move |frame| {
                    frame.see(id);
                    for part in &parts {
                        if !part(frame)? {
                            return Ok(false);
                        }
                    }
                    Ok(true)
                })
            }
            Node::Any(parts) => {
                let parts: Vec<Run<W, bool>> = self.children(parts).iter().map(|part| self.condition(*part)).collect();
                Box::new(move |frame| {
                    frame.see(id);
                    for part in &parts {
                        if part(frame)? {
                            return Ok(true);
                        }
                    }
                    Ok(false)
                })
            }
            Node::Compare(comparison, compared, left, right) => self.comparison(id, comparison, compared, left, right),
            Node::In(item, list) => self.contained(id, item, list),
            Node::If { condition, then, otherwise } => {
                let (condition, then, otherwise) =
                    (self.condition(condition), self.condition(then), self.condition(otherwise));
                Box::new(move |frame| {
                    frame.see(id);
                    if condition(frame)? { then(frame) } else { otherwise(frame) }
                })
            }
            Node::Block(statements) => {
                let (steps, last) = self.statements(statements);
                let last = last.map_or_else(|| none(id, NO_CONDITION), |last| self.condition(last));
                Box::new(move |frame| {
                    frame.see(id);
                    steps.iter().try_for_each(|step| step(frame))?;
                    last(frame)
                })
            }
            Node::CallFunction(function, arguments) => {
                let call = self.call(function, arguments);
                Box::new(move |frame| {
                    frame.see(id);
                    call.condition(frame)
                })
            }
            Node::Return(inner) => self.give_back(id, inner),
            _ => {
                let value = self.any(id);
                Box::new(move |frame| match value(frame)? {
                    Value::Boolean(boolean) => Ok(boolean),
                    _ => frame.fail(id, NO_CONDITION),
                })
            }
        }
    }

    fn is_nothing(&self, id: NodeId, inner: NodeId) -> Run<W, bool> {
        if let Node::Read(read) = self.node(inner) {
            return Box::new(move |frame| {
                frame.see(id);
                frame.see(inner);
                Ok(!frame.scope.is_there(read))
            });
        }
        let inner = self.value(inner);
        Box::new(move |frame| {
            frame.see(id);
            Ok(inner(frame)?.is_nothing())
        })
    }

    fn comparison(
        &self,
        id: NodeId,
        comparison: Comparison,
        compared: Compared,
        left: NodeId,
        right: NodeId,
    ) -> Run<W, bool> {
        match compared {
            Compared::Integers => {
                let (left, right) = (self.integer(left), self.integer(right));
                ordered!(comparison, id, frame, left.get(frame)?.cmp(&right.get(frame)?))
            }
            Compared::Numbers => {
                let (left, right) = (self.number(left), self.number(right));
                ordered!(comparison, id, frame, {
                    let (left, right) = (left.get(frame)?, right.get(frame)?);
                    let short = left.short().zip(right.short()).and_then(|(left, right)| left.order(right));
                    short.unwrap_or_else(|| compare(frame.decimal(left), frame.decimal(right)))
                })
            }
            Compared::Texts => {
                let (left, right) = (self.text(left), self.text(right));
                ordered!(comparison, id, frame, left.get(frame)?.cmp(right.get(frame)?))
            }
            Compared::Dates => {
                let (left, right) = (self.date(left), self.date(right));
                ordered!(comparison, id, frame, left.get(frame)?.cmp(&right.get(frame)?))
            }
            Compared::Others => {
                let (left_id, left, right) = (left, self.value(left), self.value(right));
                ordered!(comparison, id, frame, {
                    let (left, right) = (left(frame)?, right(frame)?);
                    // The checker has shown that both are there; if it were wrong, nothing must be decided on an empty
                    // value.
                    if left.is_nothing() || right.is_nothing() {
                        return frame.fail(left_id, EMPTY);
                    }
                    left.order(&right)
                })
            }
        }
    }

    /// Whether an item is in a list. The list comes first, as in `contains(list, item)`; one that is written out is looked
    /// through without being made.
    fn contained(&self, id: NodeId, item: NodeId, list: NodeId) -> Run<W, bool> {
        if let Node::Constant(number) = self.node(list)
            && let Some(Constant::List(items)) = self.form.constants.get(number as usize)
        {
            let texts: Option<Vec<Box<str>>> = items
                .iter()
                .map(|item| if let Constant::Text(text) = item { Some(text.clone()) } else { None })
                .collect();
            if let Some(texts) = texts {
                let item = self.text(item);
                return Box::new(move |frame| {
                    frame.see(id);
                    frame.see(list);
                    let item = item.get(frame)?;
                    Ok(texts.iter().any(|text| same_text(text, item)))
                });
            }
        }
        if let (Kept::Text, Node::Read(Read::Param(param))) = (self.kept(item), self.node(list)) {
            let item = self.text(item);
            return Box::new(move |frame| {
                frame.see(id);
                frame.see(list);
                let Some(Value::List(items)) = frame.scope.params.get(param) else { return Ok(false) };
                let text = item.get(frame)?;
                Ok(items.iter().any(|item| matches!(item, Value::Text(item) if same_text(item, text))))
            });
        }
        if self.kept(item) == Kept::Text {
            let (list, item) = (self.value(list), self.text(item));
            return Box::new(move |frame| {
                frame.see(id);
                let list = list(frame)?;
                let text = item.get(frame)?;
                let Value::List(items) = list else { return Ok(false) };
                Ok(items.iter().any(|item| matches!(item, Value::Text(item) if same_text(item, text))))
            });
        }
        let (list, value) = (self.value(list), self.value(item));
        Box::new(move |frame| {
            frame.see(id);
            let list = list(frame)?;
            let item = value(frame)?;
            Ok(if let Value::List(items) = list { items.contains(&item) } else { false })
        })
    }
}

/// Whether two texts are the same. Most that aren't differ in length or in the first byte, which takes no call to see.
#[inline]
fn same_text(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    one.len() == other.len() && one.first() == other.first() && one == other
}

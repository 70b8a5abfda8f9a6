//! Where the operators and literals of rules stand, for whoever tries what another one would do.

use super::form::{Expression, Form, Kept, Node, NodeId};
use crate::diagnostic::{Place, Span};

/// What stands at a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// An operator between two values.
    Operator,
    /// A number, a date in quotes, `true` or `false`.
    Literal,
}

/// An operator or literal of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Where it stands.
    pub place: Place,
    /// What it is.
    pub kind: TokenKind,
}

impl Form {
    /// The operators and literals of all expressions but some, in the order of files and places, each once.
    pub fn tokens(&self, except: &[&Expression]) -> Vec<Token> {
        let mut tokens: Vec<Token> = self.reached(except).into_iter().flat_map(|id| self.tokens_of(id)).collect();
        let key = |token: &Token| (token.place.source.path.clone(), token.place.span);
        tokens.sort_by_key(key);
        tokens.dedup();
        tokens
    }

    /// The nodes of all expressions but some, and of the functions that they call.
    fn reached(&self, except: &[&Expression]) -> Vec<NodeId> {
        let (mut reached, mut ahead) = (vec![false; self.nodes.len()], Vec::new());
        let wanted = |number: usize| !except.iter().any(|expression| expression.number as usize == number);
        ahead.extend(self.roots.iter().enumerate().filter(|(number, _)| wanted(*number)).map(|(_, root)| *root));
        while let Some(id) = ahead.pop() {
            match reached.get_mut(id as usize) {
                Some(reached) if !*reached => *reached = true,
                _ => continue,
            }
            ahead.extend(self.inside(id));
            match self.node(id) {
                Node::CallFunction(function, _) => {
                    ahead.extend(self.functions.get(function as usize).map(|function| function.body));
                }
                // INVARIANT: the literals of a constant list are the nodes right before it.
                Node::Constant(_) if self.kept.get(id as usize) == Some(&Kept::Other) => {
                    let is_literal = |id: &NodeId| self.literal(*id).is_some();
                    ahead.extend((0..id).rev().take_while(is_literal));
                }
                _ => {}
            }
        }
        (0..).zip(reached).filter(|(_, reached)| *reached).map(|(id, _)| id).collect()
    }

    fn tokens_of(&self, id: NodeId) -> Vec<Token> {
        let own = self.places.get(id as usize).cloned();
        let token = |place: Place, kind| Token { place, kind };
        match self.node(id) {
            Node::Compare(..) | Node::OnIntegers(..) | Node::OnDecimals(..) | Node::IsNothing(_) => {
                own.map(|place| token(trimmed(place), TokenKind::Operator)).into_iter().collect()
            }
            Node::All(parts) | Node::Any(parts) => {
                let extents: Vec<Place> = self.run(parts).iter().filter_map(|part| self.extent(*part)).collect();
                let between = extents.windows(2).filter_map(|pair| match pair {
                    [left, right] => between(left, right),
                    _ => None,
                });
                between.map(|place| token(place, TokenKind::Operator)).collect()
            }
            Node::Integer(_) | Node::Decimal(_) | Node::Boolean(_) | Node::Constant(_) => {
                own.map(|place| token(place, TokenKind::Literal)).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The `&&` or `||` between two operands.
fn between(left: &Place, right: &Place) -> Option<Place> {
    let text = &left.source.text;
    let written = text.get(left.span.end..right.span.start)?;
    let at = written.find("&&").or_else(|| written.find("||"))?;
    let start = left.span.end + at;
    Some(Place::new(&left.source, Span { start, end: start + 2 }))
}

/// A place without the spaces around what stands there.
fn trimmed(place: Place) -> Place {
    let text = place.text();
    let start = place.span.start + text.len() - text.trim_start().len();
    let end = start + text.trim().len();
    Place { span: Span { start, end }, ..place }
}

//! The one place where Rhai's engine is made: it parses, with every limit stated, and never evaluates.

use std::{collections::BTreeMap, sync::Arc};

use rhai::{ASTNode, Engine, Expr, LexError, OptimizationLevel, ParseError, ParseErrorType, Position, Stmt};

use super::{builtin::Functions, limit};
use crate::diagnostic::{Code, Diagnostic, Findings, Fragment, Place, Source, lower_first};

/// A function of a script as parsed.
#[derive(Debug, Clone)]
pub(super) struct FunctionSource {
    pub(super) parameters: Vec<String>,
    pub(super) body: Vec<Stmt>,
    pub(super) fragment: Arc<Fragment>,
    pub(super) place: Place,
}

/// The functions of a program's scripts, by name and number of parameters, and those that aren't a script's.
#[derive(Debug, Default)]
pub struct Scripts {
    /// Those that aren't a script's.
    others: Functions,
    functions: BTreeMap<(String, usize), FunctionSource>,
    /// Whether a script couldn't be read, so that functions are missing for a reason that was reported.
    broken: bool,
}

impl Scripts {
    /// None but the built-in functions.
    pub fn new() -> Self {
        Self::default()
    }

    /// None yet beside these.
    pub fn beside(others: Functions) -> Self {
        Self { others, ..Self::default() }
    }

    /// Reads a script file: documented functions, nothing else.
    pub fn add(&mut self, source: &Arc<Source>, findings: &mut Findings) {
        let fragment = Arc::new(Fragment::whole(source));
        if source.text.len() > limit::MAX_SCRIPT_BYTES {
            self.broken = true;
            let message = format!("the script is longer than {} bytes", limit::MAX_SCRIPT_BYTES);
            findings.add(Diagnostic::error(Code::TooLarge, &Place::start_of(source), message));
            return;
        }
        let tree = match engine().compile(&source.text) {
            Ok(tree) => tree,
            Err(error) => {
                self.broken = true;
                return findings.add(syntax_error(&error, &fragment));
            }
        };
        if let Some(statement) = tree.statements().first() {
            let place = at(&fragment, statement.position());
            let message = "a rule script holds functions and nothing else";
            findings.add(Diagnostic::error(Code::NotCovered, &place, message).help("put it into a function"));
        }
        for definition in tree.iter_fn_def() {
            let (name, count) = (definition.name.as_str(), definition.params.len());
            // A body is reached by walking a tree that holds this function alone; its statements have no parent.
            // (`clone_functions_only_filtered` doesn't filter when it starts from an empty module.)
            let mut alone = tree.clone();
            alone.clear_statements().retain_functions(|_, _, other, params| other == name && params == count);
            let mut body = Vec::new();
            alone.walk(&mut |path| {
                if let [ASTNode::Stmt(statement)] = path {
                    body.push((*statement).clone());
                }
                true
            });
            let parameters = definition.params.iter().map(ToString::to_string).collect();
            let place = name_place(&fragment, name);
            let function = FunctionSource { parameters, body, fragment: Arc::clone(&fragment), place };
            self.insert(name, count, function, findings);
        }
    }

    fn insert(&mut self, name: &str, count: usize, function: FunctionSource, findings: &mut Findings) {
        if self.others.has(name) {
            let message = format!("`{name}` is a built-in function");
            findings.add(Diagnostic::error(Code::NameTaken, &function.place, message).help("give it another name"));
        } else if let Some(first) = self.functions.get(&(name.to_owned(), count)) {
            let message = format!("function `{name}` is defined twice");
            findings.add(Diagnostic::error(Code::NameTaken, &function.place, message).and(&first.place, "first here"));
        } else {
            self.functions.insert((name.to_owned(), count), function);
        }
    }

    /// Notes that a script couldn't be read: functions that aren't known may be in it.
    pub fn miss(&mut self) {
        self.broken = true;
    }

    /// The functions that aren't a script's.
    pub(super) fn functions(&self) -> &Functions {
        &self.others
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken
    }

    pub(super) fn function(&self, name: &str, count: usize) -> Option<&FunctionSource> {
        self.functions.get(&(name.to_owned(), count))
    }

    /// The numbers of parameters for which a function of this name exists.
    pub(super) fn arities(&self, name: &str) -> Vec<usize> {
        self.functions.keys().filter(|(known, _)| known == name).map(|(_, count)| *count).collect()
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(|(name, _)| name.as_str())
    }

    pub(super) fn all(&self) -> impl Iterator<Item = (&(String, usize), &FunctionSource)> {
        self.functions.iter()
    }
}

/// Whether rules can call a function by this name.
pub(super) fn can_name_function(name: &str) -> bool {
    let is_word = name.chars().all(|symbol| symbol.is_ascii_alphanumeric() || symbol == '_');
    let called = engine().compile_expression(format!("{name}()"));
    is_word
        && called.is_ok_and(|tree| match tree.statements() {
            [Stmt::FnCall(call, _)] => call.name == name,
            [Stmt::Expr(expression)] => matches!(&**expression, Expr::FnCall(call, _) if call.name == name),
            _ => false,
        })
}

/// Whether a name is that of what other languages do and rules never will, or doesn't say what it does to money.
pub(super) fn is_banned(name: &str) -> bool {
    BANNED.contains(&name)
}

/// Names of functions that rules don't have, each refused with a reason of its own.
const BANNED: [&str; 11] =
    ["eval", "print", "debug", "call", "curry", "Fn", "import", "parse_json", "timestamp", "type_of", "round"];

/// Parses an expression of the definition.
pub(super) fn parse_expression(fragment: &Fragment) -> Result<Expr, Box<Diagnostic>> {
    let tree =
        engine().compile_expression(fragment.text()).map_err(|error| Box::new(syntax_error(&error, fragment)))?;
    match tree.statements() {
        [Stmt::Expr(expression)] => Ok((**expression).clone()),
        [Stmt::FnCall(call, position)] => Ok(Expr::FnCall(call.clone(), *position)),
        [statement @ (Stmt::If(..) | Stmt::Switch(..) | Stmt::Block(..))] => {
            Ok(Expr::Stmt(Box::new(rhai::StmtBlock::from(statement.clone()))))
        }
        _ => Err(Box::new(Diagnostic::error(Code::ScriptSyntax, &fragment.place(), "an expression is expected"))),
    }
}

/// The place of a Rhai position; all of the fragment where there is none.
pub(super) fn at(fragment: &Fragment, position: Position) -> Place {
    match (position.line(), position.position()) {
        (Some(line), Some(column)) => fragment.token_at(line, column),
        _ => fragment.place(),
    }
}

fn engine() -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    engine.set_max_expr_depths(limit::MAX_DEPTH, limit::MAX_DEPTH);
    engine.set_max_functions(limit::MAX_FUNCTIONS);
    engine.set_max_string_size(limit::MAX_TEXT_BYTES);
    engine.set_allow_anonymous_fn(false);
    engine.set_allow_statement_expression(false);
    // Names are checked by the checker, which knows what is near and what is declared.
    engine.set_strict_variables(false);
    engine
}

fn name_place(fragment: &Fragment, name: &str) -> Place {
    let pattern = format!("fn {name}");
    let found = fragment.text().match_indices(&pattern).find(|(start, _)| {
        let after = fragment.text().get(start + pattern.len()..).unwrap_or("");
        after.trim_start().starts_with('(')
    });
    found.map_or_else(|| fragment.place(), |(start, _)| fragment.range(start + 3, start + pattern.len()))
}

fn syntax_error(error: &ParseError, fragment: &Fragment) -> Diagnostic {
    let place = at(fragment, error.position());
    let kind = error.err_type();
    let message = match kind {
        ParseErrorType::UnexpectedEOF => "the expression ends too early".to_owned(),
        ParseErrorType::Reserved(word) => format!("`{word}` has no meaning in rules"),
        ParseErrorType::BadInput(LexError::MalformedChar(text)) => format!("`'{text}'` stands in single quotes"),
        ParseErrorType::BadInput(LexError::UnexpectedInput(text)) => format!("`{text}` is not expected here"),
        ParseErrorType::MissingToken(token, what) => format!("`{token}` is missing {what}"),
        ParseErrorType::AssignmentToConstant(name) => format!("`{name}` is a constant"),
        ParseErrorType::FnDuplicatedDefinition(name, _) => format!("function `{name}` is defined twice"),
        ParseErrorType::BadInput(LexError::MalformedNumber(number)) => format!("`{number}` is not a number"),
        ParseErrorType::ExprTooDeep => format!("the expression is nested deeper than {}", limit::MAX_DEPTH),
        ParseErrorType::TooManyFunctions => format!("the script has more than {} functions", limit::MAX_FUNCTIONS),
        _ => lower_first(&kind.to_string()),
    };
    let code = match kind {
        ParseErrorType::ExprTooDeep | ParseErrorType::TooManyFunctions => Code::TooLarge,
        ParseErrorType::AssignmentToConstant(_) => Code::LocalName,
        ParseErrorType::FnDuplicatedDefinition(..) => Code::NameTaken,
        _ => Code::ScriptSyntax,
    };
    let diagnostic = Diagnostic::error(code, &place, message);
    match remedy(fragment.text(), place.text()) {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

fn remedy(text: &str, token: &str) -> Option<String> {
    let is_exponent = |word: &str| {
        let digits = word.trim_end_matches(['-', '+']);
        digits.starts_with(|first: char| first.is_ascii_digit())
            && digits.contains(['e', 'E'])
            && digits.chars().all(|symbol| symbol.is_ascii_digit() || "eE.".contains(symbol))
    };
    let percent = text.split('%').next().is_some_and(|before| before.ends_with(|last: char| last.is_ascii_digit()));
    if is_exponent(token) || text.split_whitespace().any(is_exponent) {
        Some("write the number in full: `1000` for `1e3`".to_owned())
    } else if text.contains('%') && percent {
        Some("in rules `%` is a remainder: write `0.01` for `1%`".to_owned())
    } else if text.contains("|x|") || text.contains("||") && text.contains("=>") {
        Some("rules have no closures: write a function in a script".to_owned())
    } else if let Some((_, remedy)) = WORDS.iter().find(|(word, _)| *word == token) {
        Some((*remedy).to_owned())
    } else if text.contains('\'') {
        Some("texts stand in double quotes".to_owned())
    } else {
        None
    }
}

/// Words and signs of other languages, with what rules have instead.
const WORDS: [(&str, &str); 8] = [
    ("=", "write `==` to compare"),
    ("and", "write `&&`"),
    ("or", "write `||`"),
    ("not", "write `!`"),
    ("null", "a value that is empty is written `()`"),
    ("?", "write `if … { … } else { … }`"),
    ("$", "amounts are written without a sign: `500`"),
    ("import", "rules load nothing: name the script under `scripts` in the definition"),
];

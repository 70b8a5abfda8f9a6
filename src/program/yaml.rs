//! YAML as a tree of texts with their places. No value is interpreted here, so `NO` stays `NO` and `1.10` stays
//! `1.10`. Anchors, merge keys, tags and duplicate keys are refused.

use std::{ops::Range, sync::Arc};

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span as YamlSpan, options};

use crate::diagnostic::{Code, Diagnostic, Findings, Fragment, Place, Source};

/// The longest YAML file, in bytes.
pub const MAX_YAML_BYTES: usize = 4 << 20;
/// The most nodes in a YAML file.
const MAX_YAML_NODES: usize = 200_000;
/// How deep a YAML file may be nested.
const MAX_YAML_DEPTH: usize = 64;

/// A scalar as written, without its quotes.
#[derive(Debug, Clone)]
pub struct Text {
    /// What it says.
    pub text: String,
    /// Where it stands.
    pub place: Place,
    /// Whether it was written without quotes.
    pub plain: bool,
}

impl Text {
    /// The text as a fragment that knows where each part stands.
    pub fn fragment(&self) -> Fragment {
        let trimmed = self.text.trim_end();
        Fragment::of(&self.place, trimmed)
    }
}

/// A node.
#[derive(Debug, Clone)]
pub enum Node {
    /// A scalar.
    Scalar(Text),
    /// A list.
    Sequence(Vec<Node>, Place),
    /// Keys with their values, in order.
    Mapping(Vec<(Text, Node)>, Place),
}

impl Node {
    /// Where it stands.
    pub fn place(&self) -> &Place {
        match self {
            Self::Scalar(text) => &text.place,
            Self::Sequence(_, place) | Self::Mapping(_, place) => place,
        }
    }

    /// Whether nothing was written: `key:` or `key: null`.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Scalar(text) if text.plain && matches!(text.text.as_str(), "" | "~" | "null"))
    }

    /// The text of a single value.
    pub fn scalar(&self) -> Option<&Text> {
        match self {
            Self::Scalar(text) => Some(text),
            Self::Sequence(..) | Self::Mapping(..) => None,
        }
    }

    /// What stands behind keys within keys.
    pub fn at(&self, keys: &[&str]) -> Option<&Self> {
        let Some((first, rest)) = keys.split_first() else { return Some(self) };
        let Self::Mapping(entries, _) = self else { return None };
        entries.iter().find(|(key, _)| key.text == *first)?.1.at(rest)
    }

    /// What messages call it.
    pub fn shape(&self) -> &'static str {
        match self {
            Self::Scalar(_) if self.is_empty() => "nothing",
            Self::Scalar(_) => "a single value",
            Self::Sequence(..) => "a list",
            Self::Mapping(..) => "keys with values",
        }
    }

    /// Writes the tree without comments, spaces and styles: two files that say the same give the same bytes.
    pub fn canonical(&self, bytes: &mut Vec<u8>) {
        let mut text = |text: &str, tag: u8| {
            bytes.push(tag);
            bytes.extend(u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
            bytes.extend(text.as_bytes());
        };
        match self {
            Self::Scalar(scalar) => text(&scalar.text, if scalar.plain { b'p' } else { b'q' }),
            Self::Sequence(items, _) => {
                bytes.push(b'[');
                for item in items {
                    item.canonical(bytes);
                }
                bytes.push(b']');
            }
            Self::Mapping(entries, _) => {
                bytes.push(b'{');
                for (key, value) in entries {
                    Self::Scalar(key.clone()).canonical(bytes);
                    value.canonical(bytes);
                }
                bytes.push(b'}');
            }
        }
    }
}

/// Reads a file of one document. `None` if it can't be read; what is wrong is among the findings.
pub fn parse(source: &Arc<Source>, findings: &mut Findings) -> Option<Node> {
    if source.text.len() > MAX_YAML_BYTES {
        let message = format!("the file is longer than {MAX_YAML_BYTES} bytes");
        findings.add(Diagnostic::error(Code::YamlSyntax, &Place::start_of(source), message));
        return None;
    }
    let options = options! { emit_comments: false, emit_unresolved_aliases: true };
    let mut tree = Tree { source, findings, stack: Vec::new(), root: None, nodes: 0, broken: false };
    for event in Parser::new_from_str_with_options(&source.text, options) {
        match event {
            Ok((event, span)) => tree.event(event, span),
            Err(error) => {
                tree.syntax_error(&error);
                break;
            }
        }
        if tree.broken {
            break;
        }
    }
    let (broken, root) = (tree.broken, tree.root);
    if root.is_none() && !broken {
        findings.add(Diagnostic::error(Code::YamlSyntax, &Place::start_of(source), "the file is empty"));
    }
    root.filter(|_| !broken)
}

enum Open {
    Sequence(Vec<Node>, usize),
    Mapping(Vec<(Text, Node)>, Option<Text>, usize),
}

struct Tree<'t> {
    source: &'t Arc<Source>,
    findings: &'t mut Findings,
    stack: Vec<Open>,
    root: Option<Node>,
    nodes: usize,
    broken: bool,
}

impl Tree<'_> {
    fn event(&mut self, event: Event<'_>, span: YamlSpan) {
        let range = self.range(span);
        if event.tag().is_some() {
            let place = self.mark_before(&range, '!');
            let help = "put an expression that starts with `!` into quotes; leave out a word that is no expression";
            self.refuse(&place, "a value that starts with `!` is a tag for YAML, and tags are not used here", help);
        }
        match event {
            Event::Scalar(text, style, anchor, _) => {
                self.refuse_anchor(anchor, &range);
                let place = Place::new(self.source, self.trimmed(&range, style));
                let plain = style == ScalarStyle::Plain;
                self.finish(Node::Scalar(Text { text: text.into_owned(), place, plain }));
            }
            Event::SequenceStart(_, anchor, _) => {
                self.refuse_anchor(anchor, &range);
                self.open(Open::Sequence(Vec::new(), range.start), &range);
            }
            Event::MappingStart(_, anchor, _) => {
                self.refuse_anchor(anchor, &range);
                self.open(Open::Mapping(Vec::new(), None, range.start), &range);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(range.end),
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                self.refuse(&range, "anchors and aliases are not used here", "write the value out where it is meant");
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                self.refuse(&range, "the file holds more than one document", "put each into a file of its own");
            }
            _ => {}
        }
    }

    fn range(&self, span: YamlSpan) -> Range<usize> {
        let length = self.source.text.len();
        let range = span.byte_range().unwrap_or(length..length);
        range.start.min(length)..range.end.min(length)
    }

    /// A block scalar's range reaches to the next key; what follows its text is left out.
    fn trimmed(&self, range: &Range<usize>, style: ScalarStyle) -> Range<usize> {
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return range.clone();
        }
        let written = self.source.text.get(range.clone()).unwrap_or("");
        range.start..range.start + written.trim_end().len()
    }

    fn refuse_anchor(&mut self, anchor: usize, range: &Range<usize>) {
        if anchor != 0 {
            let place = self.mark_before(range, '&');
            self.refuse(&place, "anchors and aliases are not used here", "write the value out where it is meant");
        }
    }

    /// The word with this sign that stands in front of a value.
    fn mark_before(&self, value: &Range<usize>, sign: char) -> Range<usize> {
        let before = self.source.text.get(..value.start).unwrap_or("").trim_end();
        let start =
            before.rfind(|symbol: char| symbol.is_whitespace() || "[{,".contains(symbol)).map_or(0, |at| at + 1);
        if before.get(start..).is_some_and(|word| word.starts_with(sign)) { start..before.len() } else { value.clone() }
    }

    fn refuse(&mut self, range: &Range<usize>, message: &str, help: &str) {
        let place = Place::new(self.source, range.clone());
        self.findings.add(Diagnostic::error(Code::YamlFeature, &place, message).help(help));
        self.broken = true;
    }

    fn open(&mut self, open: Open, range: &Range<usize>) {
        self.stack.push(open);
        self.nodes += 1;
        if self.stack.len() > MAX_YAML_DEPTH || self.nodes > MAX_YAML_NODES {
            let place = Place::new(self.source, range.clone());
            self.findings.add(Diagnostic::error(Code::YamlSyntax, &place, "the file is nested too deep or too large"));
            self.broken = true;
        }
    }

    fn close(&mut self, end: usize) {
        let place = |start: usize| {
            let written = self.source.text.get(start..end.max(start)).unwrap_or("");
            Place::new(self.source, start..start + written.trim_end().len())
        };
        let node = match self.stack.pop() {
            Some(Open::Sequence(items, start)) => Node::Sequence(items, place(start)),
            Some(Open::Mapping(entries, _, start)) => Node::Mapping(entries, place(start)),
            None => return,
        };
        self.finish(node);
    }

    fn finish(&mut self, node: Node) {
        match self.stack.last_mut() {
            None => self.root = Some(node),
            Some(Open::Sequence(items, _)) => items.push(node),
            Some(Open::Mapping(entries, key, _)) => match (key.take(), node) {
                (Some(key), value) => {
                    let first =
                        entries.iter().find(|(other, _)| other.text == key.text).map(|(other, _)| other.clone());
                    match first {
                        Some(first) => self.duplicate(&key, &first),
                        None => entries.push((key, value)),
                    }
                }
                (None, Node::Scalar(text)) if text.text == "<<" && text.plain => {
                    let place = text.place.clone();
                    *key = Some(text);
                    let finding = Diagnostic::error(Code::YamlFeature, &place, "merge keys are not used here");
                    self.findings.add(finding.help("write the keys out where they are meant"));
                    self.broken = true;
                }
                (None, Node::Scalar(text)) => *key = Some(text),
                (None, other) => {
                    let finding = Diagnostic::error(Code::WrongShape, other.place(), "a key is a single word");
                    self.findings.add(finding);
                    self.broken = true;
                }
            },
        }
    }

    fn duplicate(&mut self, key: &Text, first: &Text) {
        let finding = Diagnostic::error(Code::DuplicateKey, &key.place, format!("key `{}` stands twice", key.text));
        self.findings.add(finding.and(&first.place, "first here").help("remove or rename one of them"));
    }

    /// What to do about an error of the YAML reader, which names it in words of its own.
    fn with_remedy(&self, finding: Diagnostic, reason: &str, value: &str, at: usize) -> Diagnostic {
        if value.starts_with('!') {
            let help = "YAML takes a value that starts with `!` for a tag: put it into quotes, behind `|` on a line of its own, or \
                        turn it around (`x == false`)";
            return finding.help(help);
        }
        let rest = self.source.text.get(at..).unwrap_or("");
        if reason.contains("tab") || rest.trim_start_matches(['\r', '\n', ' ']).starts_with('\t') {
            return finding.help("YAML is indented with spaces, not tabs");
        }
        let list = value.starts_with(['[', '{']) && !value.trim_end().ends_with([']', '}']);
        if list && value.contains([']', '}']) {
            return finding.help(
                "YAML reads a value that starts with a bracket as a list: put an expression behind `|` on a line of its own",
            );
        }
        if reason.contains("mapping values") {
            return finding.help("a value with `: ` in it stands in quotes, or behind `|` on a line of its own");
        }
        if reason.contains("illegal placement of ':'") || reason.contains("unclosed") {
            return finding.help("look for a `[`, `{` or quote that is opened and not closed, here or above");
        }
        if reason.contains("expected key") {
            return finding.help("keys of one mapping start in the same column");
        }
        finding
    }

    fn syntax_error(&mut self, error: &ScanError) {
        let length = self.source.text.len();
        let at = error.marker().byte_offset().unwrap_or(length).min(length);
        let line_start =
            self.source.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
        let line = self.source.text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or("");
        let place = Place::new(self.source, at..at);
        let finding = Diagnostic::error(Code::YamlSyntax, &place, format!("the YAML can't be read: {}", error.info()));
        let value =
            line.split_once(": ").map_or(line.trim_start().trim_start_matches("- "), |(_, value)| value).trim_start();
        let closing = value.chars().next().filter(|first| matches!(first, '"' | '\''));
        let continues = closing
            .and_then(|quote| value.get(1..)?.split_once(quote))
            .is_some_and(|(_, rest)| !rest.trim().is_empty());
        let behind_quote = self.source.text.get(..at).is_some_and(|before| before.trim_end().ends_with(['"', '\'']));
        self.findings.add(if continues || behind_quote {
            let help = "YAML reads a value that starts with a quote as quoted text: put an expression behind `|` on a \
                        line of its own, or turn it around (`claim.country == \"DE\"`)";
            finding.help(help)
        } else {
            self.with_remedy(finding, &error.info(), value, at)
        });
        self.broken = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Node>, Vec<Diagnostic>) {
        let source = Arc::new(Source { path: "a.yaml".into(), text: text.into() });
        let mut findings = Findings::new();
        (parse(&source, &mut findings), findings.into_sorted())
    }

    #[test]
    fn scalars_stay_as_written_and_know_their_place() {
        let (root, findings) = read("country: NO\namount: 1.10\nwhen: |\n  a > 1\n");
        assert_eq!(findings, []);
        let Some(Node::Mapping(entries, _)) = root else { panic!("no mapping") };
        let texts: Vec<_> = entries
            .iter()
            .map(|(_, node)| if let Node::Scalar(text) = node { text.text.as_str() } else { "" })
            .collect();
        assert_eq!(texts, ["NO", "1.10", "a > 1\n"]);
        assert_eq!(entries[1].1.place().text(), "1.10");
    }

    #[test]
    fn what_hides_its_meaning_is_refused() {
        for (text, code) in [
            ("a: &x 1\nb: 2\n", Code::YamlFeature),
            ("a: *x\n", Code::YamlFeature),
            ("<<: {a: 1}\n", Code::YamlFeature),
            ("a: !!str 1\n", Code::YamlFeature),
            ("a: 1\na: 2\n", Code::DuplicateKey),
            ("a: 1\n---\nb: 2\n", Code::YamlFeature),
            ("a: \"x\" == y\n", Code::YamlSyntax),
            ("", Code::YamlSyntax),
        ] {
            let (_, findings) = read(text);
            assert_eq!(findings.first().map(|finding| finding.code), Some(code), "{text:?} {findings:?}");
        }
    }
}

//! Schedules drawn: for each component under tiers its bands as a table, what is due at the start and end of each, and
//! a chart of how that grows.

use super::{
    chart::{self, Edge},
    due::{Due, param},
};
use crate::{
    money::{Decimal, RoundingMode, at_scale, divide, plain, round_to_places},
    program::{self, Amount, Band, ComponentKind, Node, Param, Program, Schedule},
    report::summary::grouped,
};

/// The schedules of a program, line by line; nothing if it has none.
pub(super) fn lines(program: &Program, root: &Node) -> Vec<String> {
    let drawn = program.components.iter().filter_map(|component| match &component.kind {
        ComponentKind::Accumulating { due: program::Due::Tiers(schedule), .. } => {
            let node = root.at(&["award", &component.name])?;
            let due = Due::of(schedule, program);
            Some(Drawing { program, schedule, node, due }.lines(&component.name))
        }
        ComponentKind::Accumulating { due: program::Due::Computed(due), .. } => {
            let due = due.place().text().split_whitespace().collect::<Vec<_>>().join(" ");
            Some(vec![format!("{}: what is due on a total is worked out, {due}", component.name)])
        }
        ComponentKind::Amount { .. } => None,
    });
    drawn.flat_map(|lines| [String::new()].into_iter().chain(lines)).collect()
}

struct Drawing<'p> {
    program: &'p Program,
    schedule: &'p Schedule,
    /// The component as written.
    node: &'p Node,
    due: Option<Due>,
}

impl Drawing<'_> {
    fn lines(&self, name: &str) -> Vec<String> {
        let kind = match self.schedule.incremental {
            true => "incremental tiers, each slice pays at its own band",
            false => "retroactive tiers, the band reached pays on the whole total",
        };
        let mut lines = vec![format!("{name}: {kind}")];
        for key in ["when", "base", "measure", "per", "target", "terms"] {
            let alone = (key == "per").then(|| "this claim alone".to_owned());
            let words = self.node.at(&[key]).map(words).or(alone);
            lines.extend(words.map(|words| format!("  {key:<8}{words}")));
        }
        lines.extend(self.condition().map(|condition| format!("  {condition}")));
        if self.schedule.table().is_some() {
            return lines;
        }
        lines.push(String::new());
        lines.extend(self.table().into_iter().map(|line| format!(" {line}")));
        let chart = self.chart();
        if !chart.is_empty() {
            lines.push(String::new());
            lines.extend(chart.into_iter().map(|line| format!("  {line}")));
        }
        lines
    }

    /// By what the amounts due were worked out, where that isn't the definition alone.
    fn condition(&self) -> Option<String> {
        if let Some(bands) = self.schedule.table() {
            let table = self.program.tables.get(bands.table).map_or("", |table| table.name.as_str());
            return Some(format!("the bands are the rows of `{table}` that match a claim"));
        }
        let Some(due) = &self.due else {
            return Some("what is due can't be drawn, since the bands differ from claim to claim".to_owned());
        };
        let target = due.target.map(|target| format!("for a target of {}", figure(target)));
        let mut params = self.schedule.expressions().filter_map(|expression| param(expression, self.program));
        let first_day = self.program.identification.effective.0;
        let day = params.any(Param::is_dated).then(|| format!("by the values in force on {first_day}"));
        let conditions: Vec<String> = target.into_iter().chain(day).collect();
        (!conditions.is_empty()).then(|| format!("drawn {}", conditions.join(", ")))
    }

    fn table(&self) -> Vec<String> {
        let mut table = comfy_table::Table::new();
        table.load_style(comfy_table::presets::NOTHING);
        let total = if self.schedule.target.is_some() { "of the target" } else { "total" };
        table.add_row(match self.due {
            Some(_) => vec![total, "pays", "due at its start", "due at its end"],
            None => vec![total, "pays"],
        });
        if let Some(below) = self.below_words() {
            table.add_row(vec![below, "nothing".to_owned()]);
        }
        for (number, band) in self.schedule.listed().iter().enumerate() {
            let written = self.written(number);
            let mut row = vec![self.start_words(band, written), self.pay_words(band, written)];
            if let Some(due) = &self.due {
                let figures = [due.at_start(number), due.at_end(number)];
                row.extend(figures.map(|due| due.map_or(String::new(), |due| self.amount(due))));
            }
            table.add_row(row);
        }
        for column in table.column_iter_mut().skip(2) {
            column.set_cell_alignment(comfy_table::CellAlignment::Right);
        }
        table.lines().map(|line| line.trim_end().to_owned()).collect()
    }

    /// A band as written.
    fn written(&self, number: usize) -> Option<&Node> {
        match self.node.at(&["tiers", "bands"])? {
            Node::Sequence(items, _) => items.get(number),
            Node::Scalar(_) | Node::Mapping(..) => None,
        }
    }

    /// The totals below the first band, on which nothing is due.
    fn below_words(&self) -> Option<String> {
        let edge = self.schedule.listed().first()?.edge.as_ref()?;
        let (key, word) = if edge.inclusive { ("from", "below") } else { ("above", "up to") };
        Some(format!("{word} {}", self.edge_words(&edge.amount, self.written(0), key)))
    }

    fn start_words(&self, band: &Band, written: Option<&Node>) -> String {
        let Some(edge) = &band.edge else { return "without a lower end".to_owned() };
        let key = if edge.inclusive { "from" } else { "above" };
        format!("{key} {}", self.edge_words(&edge.amount, written, key))
    }

    /// An edge of a band: an amount, or a share of the target.
    fn edge_words(&self, edge: &Amount, written: Option<&Node>, key: &str) -> String {
        self.amount_words(edge, written, key, if self.schedule.target.is_some() { &percent } else { &figure })
    }

    fn pay_words(&self, band: &Band, written: Option<&Node>) -> String {
        let rate = match band.per_unit {
            true => format!("{} a unit", self.amount_words(&band.rate, written, "per_unit", &figure)),
            false => self.amount_words(&band.rate, written, "rate", &percent),
        };
        let flat = format!("{} flat", self.amount_words(&band.flat, written, "flat", &|amount| self.amount(amount)));
        let is_nothing = |amount: &Amount| amount.fixed().is_some_and(|amount| amount.is_zero());
        match (is_nothing(&band.rate), is_nothing(&band.flat)) {
            (_, true) => rate,
            (true, false) => flat,
            (false, false) => format!("{rate} and {flat}"),
        }
    }

    /// An amount as it is shown; a param or expression by its words, with the values of a param.
    fn amount_words(
        &self,
        amount: &Amount,
        written: Option<&Node>,
        key: &str,
        show: &dyn Fn(Decimal) -> String,
    ) -> String {
        let expression = match amount {
            Amount::Fixed(amount) => return show(*amount),
            Amount::Computed(expression) => expression,
        };
        let words = written.and_then(|band| band.at(&[key])).map(words).unwrap_or_default();
        let Some(param) = param(expression, self.program) else { return words };
        let values = param.versions.iter().enumerate().filter_map(|(number, (from, value))| {
            let value = show(value.number()?);
            Some(if number == 0 { value } else { format!("{value} from {from}") })
        });
        format!("{words} ({})", values.collect::<Vec<_>>().join(", "))
    }

    fn chart(&self) -> Vec<String> {
        let Some(due) = &self.due else { return Vec::new() };
        let label = |total: Decimal| match due.target {
            None => figure(total),
            Some(target) => divide(total, target)
                .map_or(String::new(), |share| percent(round_to_places(share, 4, RoundingMode::HalfEven))),
        };
        let totals = due.totals().unwrap_or_default();
        let edges: Vec<Edge> = totals.into_iter().map(|total| Edge { total, label: label(total) }).collect();
        // A single band grows evenly, which its rate says already.
        if edges.len() < 3 {
            return Vec::new();
        }
        chart::lines(&due.terms(), &edges, &|amount| self.amount(amount))
    }

    /// An amount that is due, rounded as the program does.
    fn amount(&self, amount: Decimal) -> String {
        let identification = &self.program.identification;
        match identification.rounding.round(amount) {
            Ok(rounded) => grouped(&at_scale(rounded, identification.scale)),
            Err(_) => figure(amount),
        }
    }
}

/// What stands behind a key, on one line.
fn words(node: &Node) -> String {
    match node {
        Node::Scalar(text) => text.text.split_whitespace().collect::<Vec<_>>().join(" "),
        Node::Sequence(items, _) => items.iter().map(words).collect::<Vec<_>>().join(", "),
        Node::Mapping(..) => String::new(),
    }
}

fn figure(amount: Decimal) -> String {
    grouped(&plain(amount))
}

fn percent(share: Decimal) -> String {
    format!("{}%", figure(share.saturating_mul(Decimal::ONE_HUNDRED)))
}

//! A program definition: YAML read with its places, checked as a whole, and only then a [`Program`].

mod allocation;
mod amount;
mod check;
mod claim;
mod component;
mod context;
mod cost;
mod denomination;
mod derived;
mod due;
mod fields;
mod identity;
mod key;
mod layer;
mod layout;
mod limit;
mod meaning;
mod name;
mod neighbour;
mod param;
mod private;
mod rule;
mod schedule;
mod table;
mod total;
mod yaml;

use std::{collections::BTreeSet, sync::Arc};

pub use allocation::Allocation;
pub use amount::{Amount, written_amount};
pub use check::check;
pub use claim::{ClaimPlan, Field, Identity};
pub use component::{ARRANGEMENT, Component, ComponentKind};
pub use cost::{Cost, total_cost};
pub use denomination::{Denomination, check_denomination};
pub use derived::Derived;
pub use due::Due;
pub use fields::{Fields, text, texts, word, wrong_shape};
pub use identity::{Identification, ProgramName, WrongProgramName, program_named, written_date, written_dates};
pub use key::{KeyPart, KeyPlan};
pub use layer::{Head, head, in_order, layered};
pub use layout::Layout;
pub use limit::{Limit, LimitEffect};
pub use neighbour::{Named, Neighbours, run_order};
pub use param::{Param, written_constant};
pub use rule::{Flag, Rule};
pub use schedule::{Band, Bands, Edge, Schedule};
pub use table::{BandTable, Bound, Hit, Match, MatchKind, Range, Table};
pub use total::{AwardPart, Counted, Total, TotalKind};
pub use yaml::{MAX_YAML_BYTES, Node, Text, parse};

use crate::{
    diagnostic::Source,
    history::AccumulatorId,
    script::{Form, Read},
};

/// A checked program: every name resolved, every expression typed.
#[derive(Debug)]
pub struct Program {
    /// Name, dates, unit and rounding.
    pub identification: Identification,
    /// How claims are read and queued.
    pub claim: ClaimPlan,
    /// Named values, some of them dated.
    pub params: Vec<Param>,
    /// Reference data.
    pub tables: Vec<Table>,
    /// Figures over earlier claims.
    pub totals: Vec<Total>,
    /// Named figures.
    pub derived: Vec<Derived>,
    /// Eligibility rules, in order.
    pub rules: Vec<Rule>,
    /// Components of the award, in order.
    pub components: Vec<Component>,
    /// Limits, in order.
    pub limits: Vec<Limit>,
    /// Flags, in order.
    pub flags: Vec<Flag>,
    /// How awards are split over cost centres.
    pub allocation: Option<Allocation>,
    /// What it says of other programs over the same claims.
    pub neighbours: Neighbours,
    /// The figures that are shown in the outcomes file alone.
    pub private: BTreeSet<Read>,
    /// The typed form of every expression and function.
    pub form: Form,
    /// The definition's file.
    pub source: Arc<Source>,
    /// Hash over definition and scripts, in hexadecimal; tables are added where they are read.
    pub rules_hash: blake3::Hash,
    /// The same without what is only spacing or comment of the scripts.
    pub meaning_hash: blake3::Hash,
}

impl Program {
    /// The accumulator of a total.
    pub fn total_accumulator(&self, total: usize) -> AccumulatorId {
        total
    }

    /// The accumulator of a component's base.
    pub fn base_accumulator(&self, component: usize) -> AccumulatorId {
        self.totals.len() + component
    }

    /// The accumulator of a limit.
    pub fn limit_accumulator(&self, limit: usize) -> AccumulatorId {
        self.totals.len() + self.components.len() + limit
    }

    /// The accumulator of what picks a component's band, where that isn't its base.
    pub fn measure_accumulator(&self, component: usize) -> AccumulatorId {
        self.totals.len() + self.components.len() + self.limits.len() + component
    }
}

//! Coded reasons: the program's own codes, and those that the engine gives itself.

use std::borrow::Cow;

use super::Disposition;
use crate::{
    claim::{Deficiency, DeficiencyKind},
    diagnostic::Place,
};

/// Why a claim didn't simply pass, with the line of the rule where there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason<'a> {
    /// The code: the program's, or an [`EngineReason`]'s.
    pub code: Cow<'a, str>,
    /// What it does to the claim; approved for a flag that only notes.
    pub disposition: Disposition,
    /// In words, for the claimant; empty where only codes are wanted.
    pub message: Cow<'a, str>,
    /// The rule's place.
    pub place: Option<Cow<'a, Place>>,
}

impl Reason<'_> {
    /// The same without what it borrows.
    pub fn into_owned(self) -> Reason<'static> {
        Reason {
            code: Cow::Owned(self.code.into_owned()),
            disposition: self.disposition,
            message: Cow::Owned(self.message.into_owned()),
            place: self.place.map(|place| Cow::Owned(place.into_owned())),
        }
    }

    /// The reason for which a row is returned before it is decided, with its words or none.
    pub fn of_deficiency(deficiency: &Deficiency, words: impl Into<Option<String>>) -> Self {
        let reason = match deficiency.kind {
            DeficiencyKind::Missing => EngineReason::FieldMissing,
            DeficiencyKind::Unreadable(_) => EngineReason::FieldUnreadable,
            DeficiencyKind::Row(_) => EngineReason::RowUnreadable,
        };
        reason.because(words.into().unwrap_or_default(), None)
    }

    /// The word for what it does to the claim.
    pub fn effect(&self) -> &'static str {
        match self.disposition {
            _ if self.code == EngineReason::AlreadyDecided.code() => EngineReason::AlreadyDecided.effect(),
            Disposition::Approved => "noted",
            other => other.name(),
        }
    }
}

/// Reasons that every program can give, without a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EngineReason {
    /// A required cell is empty.
    FieldMissing,
    /// A cell can't be read as its declared type.
    FieldUnreadable,
    /// The row as a whole can't be read.
    RowUnreadable,
    /// The same id stands in one file with different content.
    IdTwice,
    /// The claim was decided before with the same content.
    AlreadyDecided,
    /// The claim's date is outside the program's dates.
    NotEffective,
    /// The claim takes back one that was never decided.
    OriginalUnknown,
    /// The claim takes back one that was rejected.
    OriginalRejected,
    /// The claim takes back one that is held.
    OriginalHeld,
    /// The claim takes back more than is left of another one.
    OriginalExceeded,
    /// A program that came first holds the claim.
    Awaits,
    /// A program that excludes this one has awarded the claim.
    Excluded,
    /// A program that this one requires has not awarded the claim.
    Required,
    /// Two arrangements change the same of the claim.
    ArrangementConflict,
    /// The claim would pass an arrangement's ceiling.
    ArrangementCeiling,
    /// The claim would fare worse under an arrangement.
    ArrangementWithheld,
    /// A person rejected the claim, which was held.
    ReviewRejected,
    /// Rows of a table of which one should count match the claim, and none is the one.
    TableConflict,
    /// A rule failed on this claim: overflow, division by zero, a limit of the language.
    RuleFailed,
    /// The engine failed on this claim; a bug worth reporting.
    EngineFailed,
}

impl EngineReason {
    /// Every engine reason.
    pub const ALL: [Self; 20] = [
        Self::FieldMissing,
        Self::FieldUnreadable,
        Self::RowUnreadable,
        Self::IdTwice,
        Self::AlreadyDecided,
        Self::NotEffective,
        Self::OriginalUnknown,
        Self::OriginalRejected,
        Self::OriginalHeld,
        Self::OriginalExceeded,
        Self::Awaits,
        Self::Excluded,
        Self::Required,
        Self::ArrangementConflict,
        Self::ArrangementCeiling,
        Self::ArrangementWithheld,
        Self::ReviewRejected,
        Self::TableConflict,
        Self::RuleFailed,
        Self::EngineFailed,
    ];

    /// The code that outcomes carry. A program can't use it for a rule of its own.
    pub const fn code(self) -> &'static str {
        match self {
            Self::FieldMissing => "FIELD_MISSING",
            Self::FieldUnreadable => "FIELD_UNREADABLE",
            Self::RowUnreadable => "ROW_UNREADABLE",
            Self::IdTwice => "ID_TWICE",
            Self::AlreadyDecided => "ALREADY_DECIDED",
            Self::NotEffective => "NOT_EFFECTIVE",
            Self::OriginalUnknown => "ORIGINAL_UNKNOWN",
            Self::OriginalRejected => "ORIGINAL_REJECTED",
            Self::OriginalHeld => "ORIGINAL_HELD",
            Self::OriginalExceeded => "ORIGINAL_EXCEEDED",
            Self::Awaits => "AWAITS",
            Self::Excluded => "EXCLUDED",
            Self::Required => "REQUIRED",
            Self::ArrangementConflict => "ARRANGEMENT_CONFLICT",
            Self::ArrangementCeiling => "ARRANGEMENT_CEILING",
            Self::ArrangementWithheld => "ARRANGEMENT_WITHHELD",
            Self::ReviewRejected => "REVIEW_REJECTED",
            Self::TableConflict => "TABLE_CONFLICT",
            Self::RuleFailed => "RULE_FAILED",
            Self::EngineFailed => "ENGINE_FAILED",
        }
    }

    /// What it does to the claim.
    pub const fn disposition(self) -> Disposition {
        match self {
            Self::FieldMissing
            | Self::FieldUnreadable
            | Self::RowUnreadable
            | Self::IdTwice
            | Self::OriginalUnknown => Disposition::Returned,
            Self::AlreadyDecided | Self::ArrangementCeiling | Self::ArrangementWithheld => Disposition::Approved,
            Self::NotEffective | Self::OriginalRejected | Self::Excluded | Self::Required | Self::ReviewRejected => {
                Disposition::Rejected
            }
            Self::OriginalHeld
            | Self::OriginalExceeded
            | Self::Awaits
            | Self::ArrangementConflict
            | Self::TableConflict
            | Self::RuleFailed
            | Self::EngineFailed => Disposition::Held,
        }
    }

    /// The word for what becomes of the claim.
    pub const fn effect(self) -> &'static str {
        match self {
            Self::AlreadyDecided => "skipped",
            Self::ArrangementCeiling | Self::ArrangementWithheld => "noted",
            other => other.disposition().name(),
        }
    }

    /// What it means and what cures it.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::FieldMissing => "A required cell of the row is empty. Fill it and send the claim again.",
            Self::FieldUnreadable => {
                "A cell of the row can't be read as the type that the program declares for it. Correct the cell, or \
                 declare how it is written (`format`, `decimal: comma`), and send the claim again."
            }
            Self::RowUnreadable => {
                "The row can't be read at all: it has more or fewer cells than the header, or isn't valid JSON. \
                 Correct the row and send it again."
            }
            Self::IdTwice => {
                "The same claim id stands in one file more than once with different content, so nobody can say \
                 which one is meant. Leave the right one and send it again."
            }
            Self::AlreadyDecided => {
                "The same claim came again with the same content. It is skipped: nothing is awarded twice, and its first \
                 outcome stands."
            }
            Self::NotEffective => {
                "The claim's date lies outside the dates between which the program is effective. Correct the date, or run \
                 the definition that was in force on it."
            }
            Self::OriginalUnknown => {
                "The claim says that it takes another one back, and no claim of the same participant \
                 with that id was decided before it in the order of the program. Correct the id, or send the other \
                 claim first."
            }
            Self::OriginalRejected => {
                "The claim takes back one that was rejected, so there is nothing to take back. Correct the id, or leave \
                 the claim out."
            }
            Self::OriginalHeld => "The claim takes back one that is held. It is held until the other one is decided.",
            Self::OriginalExceeded => {
                "The claim takes back more than is left of the other one: a base larger than what it and others before it counted, \
                 or an amount that was taken back already. It is held, since it may have come twice."
            }
            Self::Awaits => {
                "A program that comes first holds the claim, and this one depends on what it will award. It is held until \
                 the other one is decided."
            }
            Self::Excluded => {
                "Another program has awarded this claim, and this one excludes claims that were awarded there \
                 (`excludes`). Nothing is to be done unless the other award is wrong."
            }
            Self::Required => {
                "This program awards only claims that another one has awarded, and that one has not awarded this claim \
                 (`requires`). `meed explain` with that program says why it did not."
            }
            Self::ArrangementConflict => {
                "Two arrangements are for this claim, and both change the same component of its award, or one of them \
                 changes what becomes of it. Nobody can say which one counts, so the claim is held. The message names \
                 both; narrow the scope of one of them, or put both into one arrangement."
            }
            Self::ArrangementCeiling => {
                "An arrangement would add more to this claim than its ceiling leaves. It adds what is left, and nothing to \
                 claims behind it; the standard award stays as it is. If more was agreed, raise the ceiling with an approval."
            }
            Self::ArrangementWithheld => {
                "An arrangement is for this claim, and by its rules the claim would be held, returned or rejected, which the \
                 standard rules don't do: most often what is claimed fits the standard award and not the arrangement's. An \
                 arrangement takes nothing away, so the standard outcome stays, and nothing is added. The message says \
                 why; let the arrangement change or waive that rule, too, or have the claim sent again."
            }
            Self::ReviewRejected => {
                "Somebody looked at the claim, which was held, and rejected it. The message says why; `meed explain` with the \
                 ledger says who, and when."
            }
            Self::TableConflict => {
                "Rows of a table of which one should count match the claim, and the table's hit policy doesn't say \
                 which: two rows under `unique`, rows with the same priority under `priority`, or rows under `any` that \
                 say different things. The claim is held so that nothing wrong is paid. The message names the lines; \
                 correct the table."
            }
            Self::RuleFailed => {
                "A rule could not be worked out for this claim: a figure overflowed, or something was divided by \
                 zero. The claim is held so that nothing wrong is paid. The message names the rule and the reason."
            }
            Self::EngineFailed => {
                "The engine itself failed on this claim, which is a bug. The claim is held and all others were \
                 decided. Please report it with the message."
            }
        }
    }

    /// The reason with a message.
    pub fn because<'a>(self, message: impl Into<Cow<'a, str>>, place: Option<Place>) -> Reason<'a> {
        let (code, place) = (Cow::Borrowed(self.code()), place.map(Cow::Owned));
        Reason { code, disposition: self.disposition(), message: message.into(), place }
    }
}

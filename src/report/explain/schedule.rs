//! The arithmetic of what is due on a running total, in words.

use super::{Page, band_name, band_start, band_words, figure, grouped, plain_value, rate};
use crate::{
    money::Decimal,
    outcome::{BandReached, ScheduleStep},
};

impl Page<'_> {
    pub(super) fn schedule(&mut self, step: &ScheduleStep<'_>, amount: Decimal) {
        let key: Vec<String> = step.key.iter().map(|seen| plain_value(&seen.value.into())).collect();
        let of = if key.is_empty() { "this claim alone".to_owned() } else { key.join(", ") };
        self.remark(&format!("this claim adds {}", figure(step.base)));
        let before = match step.count_before {
            0 => "nothing counted before".to_owned(),
            1 => format!("{} before, from 1 claim", figure(step.total_before)),
            count => format!("{} before, from {} claims", figure(step.total_before), grouped(&count.to_string())),
        };
        self.remark(&format!("total of {of}: {before}; {} after", figure(step.total_after)));
        if step.computed {
            self.worked_out(step);
        } else {
            self.bands(step);
            self.arithmetic(step);
        }
        let what = if step.whole { "asked before" } else { "due before" };
        self.remark(&format!("less {} {what}: {}", self.amount(step.due_before), self.amount(amount)));
        self.true_up(step, amount);
        if let Some(next) = &step.band_next
            && let Some(edge) = next.edge
        {
            let away = edge.saturating_sub(step.measured_after.unwrap_or(step.total_after));
            let more = if next.from { "" } else { "more than " };
            self.remark(&format!("{more}{} short of {}, {}", figure(away), band_name(next), band_start(next)));
        }
    }

    fn bands(&mut self, step: &ScheduleStep<'_>) {
        let reach = |band: &Option<BandReached>| band.as_ref().map_or("below the first band".to_owned(), band_words);
        let whole = if step.incremental { "each slice at its own band" } else { "on the whole total" };
        let (before, after) = (reach(&step.band_before), reach(&step.band_after));
        let line = match step.band_before {
            _ if step.count_before == 0 => format!("band reached: {after}, {whole}"),
            _ if before == after => format!("band as before: {after}, {whole}"),
            _ => format!("band before: {before}; band now: {after}, {whole}"),
        };
        self.remark(&line);
        if let Some(measured) = step.measured_after {
            self.remark(&format!("the band is picked by another figure, {}", figure(measured)));
        }
    }

    /// What an expression makes due on the total.
    fn worked_out(&mut self, step: &ScheduleStep<'_>) {
        let rounded = self.rounded(step);
        self.remark(&format!("due on {}: {}{rounded}", figure(step.total_after), figure(step.due_exact)));
    }

    fn rounded(&self, step: &ScheduleStep<'_>) -> String {
        match step.due_exact == step.due_after {
            true => String::new(),
            false => format!(", rounded {} to {}", self.rounding(), self.amount(step.due_after)),
        }
    }

    fn arithmetic(&mut self, step: &ScheduleStep<'_>) {
        let due = match &step.band_after {
            Some(band) if !step.incremental => {
                let flat = if band.flat.is_zero() { String::new() } else { format!(" and {} flat", figure(band.flat)) };
                format!("{} x {}{flat} = {}", figure(step.total_after), rate(band), figure(step.due_exact))
            }
            _ => {
                let slice = |(slice, band): &(Decimal, BandReached)| {
                    let flat =
                        if band.flat.is_zero() { String::new() } else { format!(" and {} flat", figure(band.flat)) };
                    format!("{} x {}{flat}", figure(*slice), rate(band))
                };
                let slices: Vec<String> = step.slices.iter().map(slice).collect();
                if slices.is_empty() {
                    "nothing is due".to_owned()
                } else {
                    format!("{} = {}", slices.join(" + "), figure(step.due_exact))
                }
            }
        };
        let rounded = self.rounded(step);
        self.remark(&format!("{due}{rounded}"));
    }

    /// What of a retroactive difference is this claim's own, and what corrects earlier claims.
    fn true_up(&mut self, step: &ScheduleStep<'_>, amount: Decimal) {
        let Some(band) = step.band_after.as_ref().filter(|_| !step.incremental && step.count_before > 0) else {
            return;
        };
        if step.band_before.as_ref() == Some(band) {
            return;
        }
        let own = step.base.saturating_mul(band.rate);
        let rest = amount.saturating_sub(own);
        let name = if rest.is_sign_negative() { "clawback" } else { "true-up" };
        self.remark(&format!(
            "of this {} is for this claim at {}, and {} is the {name} on the {} before it",
            self.exact(own),
            rate(band),
            self.exact(rest),
            figure(step.total_before)
        ));
    }
}

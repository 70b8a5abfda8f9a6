//! The programs that must decide a claim before another one does.

use super::{Loaded, Workspace};
use crate::{
    diagnostic::{Code, Diagnostic, Findings},
    program::{Named, Program, run_order},
};

impl Workspace {
    /// The programs that a program looks at, and those that they look at, as far as they come before it, in their order.
    /// `None` if they can't run together.
    pub fn run_first(&self, program: &Program, findings: &mut Findings) -> Option<Vec<Loaded>> {
        let mut together: Vec<Loaded> = Vec::new();
        let mut ahead: Vec<Named> = program.neighbours.named().cloned().collect();
        while let Some(named) = ahead.pop() {
            let known = together.iter().map(|loaded| &loaded.program).chain([program]);
            if known.into_iter().any(|known| known.identification.name == named.program) {
                continue;
            }
            let mut own = Findings::new();
            let Some(loaded) = self.load(&named.program, &mut own) else {
                findings.add(self.not_loaded(&named));
                return None;
            };
            ahead.extend(loaded.program.neighbours.named().cloned());
            together.push(loaded);
        }
        if together.is_empty() {
            return Some(together);
        }
        let programs: Vec<&Program> = together.iter().map(|loaded| &loaded.program).chain([program]).collect();
        run_order(&programs, findings)?;
        together.retain(|loaded| loaded.program.neighbours.priority < program.neighbours.priority);
        together.sort_by_key(|loaded| loaded.program.neighbours.priority);
        Some(together)
    }

    /// Why a program that another one names can't come first.
    fn not_loaded(&self, named: &Named) -> Diagnostic {
        let known = self.programs(&mut Findings::new());
        if known.contains(&named.program) {
            let message = format!("the program `{}` has errors of its own", named.program);
            let finding = Diagnostic::error(Code::ProgramOrder, &named.place, message);
            return finding.help(format!("see what `meed check {}` finds", named.program));
        }
        let message = format!("there is no program `{}`", named.program);
        let names: Vec<String> = known.iter().map(ToString::to_string).collect();
        let finding = Diagnostic::error(Code::ProgramOrder, &named.place, message);
        finding.suggest(&named.program.to_string(), names.iter().map(String::as_str))
    }
}

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
                let message = format!("the program `{}` can't be loaded", named.program);
                let finding = Diagnostic::error(Code::ProgramOrder, &named.place, message);
                findings.add(finding.help(format!("see what `meed check {}` finds", named.program)));
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
}

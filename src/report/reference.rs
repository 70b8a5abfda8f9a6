//! Pages of the reference that are made from the tables in the code.

use std::fmt::Write;

use crate::{diagnostic::Code, outcome::EngineReason, schema::Scalar, script::Functions};

/// `docs/codes.md`: every finding and every reason that the engine gives itself.
pub fn codes_page() -> String {
    let mut page = String::from(
        "# Codes\n\nMade from the table in the code; `meed explain CODE` prints the same.\n\n\
         ## Findings in definitions, rules and files\n\n\
         `M1xx` concern definitions and cases, `M2xx` rules, `M3xx` claims and tables, `M4xx` money.\n",
    );
    for code in Code::ALL {
        let explanation = code.explanation();
        // Writing to a String can't fail.
        let _ = write!(page, "\n### {code}: {}\n\n{}\n", explanation.title, explanation.text);
    }
    page.push_str(
        "\n## Reasons of the engine\n\nOutcomes carry the codes of the program's own rules, limits and flags, and these:\n",
    );
    for reason in EngineReason::ALL {
        let _ = write!(page, "\n### {} ({})\n\n{}\n", reason.code(), reason.effect(), reason.explanation());
    }
    page
}

/// The table of functions that rules may call, by group: that of the built-in ones in `docs/language.md`, and an
/// embedder's own below.
pub fn functions_page(functions: &Functions) -> String {
    let mut page = String::new();
    let mut groups: Vec<&str> = functions.all().map(|builtin| builtin.group).collect();
    groups.dedup();
    for group in groups {
        let _ = write!(page, "\n### {group}\n\n| function | what it gives | `T` is |\n| --- | --- | --- |\n");
        for builtin in functions.all().filter(|builtin| builtin.group == group) {
            let over: Vec<&str> = builtin.over.iter().map(|scalar: &Scalar| scalar.name()).collect();
            let _ = writeln!(page, "| `{}` | {} | {} |", builtin.signature(), builtin.doc, over.join(", "));
        }
    }
    page
}

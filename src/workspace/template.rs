//! What a new program starts from: for each archetype a definition, its script, a first case and claims to try it on.

use crate::program::ProgramName;

/// An archetype to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// A rebate that a vendor pays its partners.
    ChannelRebate,
    /// Points for what salespeople of dealers sell.
    DealerSpiff,
    /// Fees for the time of a panel's members.
    Honoraria,
}

/// The name of the first case.
pub(super) const FIRST_CASE: &str = "first";

/// A file of a template with where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewFile {
    /// Relative to the workspace.
    pub(super) path: String,
    pub(super) text: String,
}

/// The texts of a template. `<program>` stands for the program's name and `<script>` for its script's.
struct Texts {
    definition: &'static str,
    script: &'static str,
    case: &'static str,
    claims: &'static str,
}

macro_rules! texts {
    ($folder:literal) => {
        Texts {
            definition: include_str!(concat!("template/", $folder, "/program.yaml")),
            script: include_str!(concat!("template/", $folder, "/rules.rhai")),
            case: include_str!(concat!("template/", $folder, "/first.yaml")),
            claims: include_str!(concat!("template/", $folder, "/claims.csv")),
        }
    };
}

impl Template {
    fn texts(self) -> Texts {
        match self {
            Self::ChannelRebate => texts!("channel-rebate"),
            Self::DealerSpiff => texts!("dealer-spiff"),
            Self::Honoraria => texts!("honoraria"),
        }
    }

    /// The files of a program that starts from it.
    pub(super) fn files(self, name: &ProgramName) -> Vec<NewFile> {
        let Texts { definition, script, case, claims } = self.texts();
        let script_path = format!("{}/{}.rhai", name.client(), name.name().replace('-', "_"));
        let fill = |text: &str| text.replace("<program>", &name.to_string()).replace("<script>", &script_path);
        let files = [
            (format!("programs/{}", name.path()), definition),
            (format!("rules/{script_path}"), script),
            (claims_path(name), claims),
            (format!("tests/programs/{name}/{FIRST_CASE}.yaml"), case),
        ];
        files.into_iter().map(|(path, text)| NewFile { path, text: fill(text) }).collect()
    }
}

/// Where the claims to try a program on go.
pub(super) fn claims_path(name: &ProgramName) -> String {
    format!("samples/{name}.csv")
}

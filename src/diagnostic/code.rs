//! Every kind of finding with its code and its page. `meed explain CODE` and `docs/codes.md` come from this table.

use std::{fmt, str::FromStr};

/// The page of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explanation {
    /// What it is called.
    pub title: &'static str,
    /// Why it is refused and what to do.
    pub text: &'static str,
}

/// A text that is no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a code")]
pub struct UnknownCode;

macro_rules! codes {
    ($($id:ident $name:ident $title:literal $text:literal)*) => {
        /// A kind of finding. `M1xx` concern the definition, `M2xx` rules, `M3xx` claims and tables, `M4xx` money.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $title] $name,)*
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as printed, `M101`.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$name => stringify!($id),)* }
            }

            /// Its page.
            pub const fn explanation(self) -> Explanation {
                match self { $(Self::$name => Explanation { title: $title, text: $text },)* }
            }
        }
    };
}

codes! {
    M101 YamlSyntax "the YAML can't be read"
        "The file isn't valid YAML: an indentation, a quote or a bracket is wrong. An expression that starts with a quote is read by YAML as quoted text; put it behind `|` on a line of its own, or turn it around: `claim.country == \"DE\"`."
    M102 UnknownKey "a key that isn't known"
        "The key isn't part of the format here, so it would do nothing. Most often it is a typing mistake or stands at the wrong depth."
    M103 DuplicateKey "a key that stands twice"
        "Of two equal keys only one could count, and readers would disagree on which. Remove or rename one."
    M104 MissingKey "a key that must be there"
        "The key is required. Meed has no silent defaults where systems differ: rounding, the kind of tiers and what happens over a limit are always written down."
    M105 WrongShape "a value of another shape"
        "A list stands where one value is expected, or a mapping where a list is, or the like."
    M106 YamlFeature "anchors, merge keys and tags"
        "Anchors, aliases, merge keys, tags and several documents in one file are refused: what a line means should stand on that line."
    M107 UnknownWord "a word that isn't one of those allowed"
        "The value must be one of a few words."
    M108 WrongDate "a date that can't be"
        "Dates are written `2026-07-01`, must exist in the calendar, and must not run backwards."
    M109 WrongName "a name that can't be used"
        "Programs are named `client/name` in lower case; fields, params, tables, totals and components are words in lower case; codes of rules, limits and flags are words in upper case."
    M110 NameTaken "a name that is taken"
        "The name already means something else here."
    M111 UnknownField "a field that isn't declared"
        "The name must be one of the fields under `claim: fields`, or one of the columns under a table's `fields`."
    M112 BandsDisordered "bands that overlap or are out of order"
        "Each band must start above the one before it, so that every total lies in one band."
    M113 TermsMissing "terms that can change inside a key"
        "The schedule of this component can differ between claims of one key, because an amount is dated or read from a table or claim. Then systems disagree on what is due, so `terms` is required: `whole` pays what is due on the total under this claim's terms minus all that was asked before; `from_here` pays the difference that this claim makes under its terms."
    M114 LimitNeverBinds "a limit that can never bind"
        "An earlier limit over the same components and key already holds awards below this one."
    M115 DatedParam "a dated param with a gap or disorder"
        "The values of a dated param stand in the order of their dates, each date once, and the first is in force when the program starts."
    M116 Unused "something that nothing uses"
        "Nothing in the program reads it. Remove it, or use it."
    M117 LimitKey "a limit whose key doesn't fit"
        "A limit `per: [claim]` can't hold an accumulating component, since its awards correct each other across claims. A key finer than the component's makes sums depend on the order of claims. A finer key behind a coarser one lets returns take back what was never awarded: write limits from the finer to the coarser key."
    M118 FileMissing "a file that isn't there or can't be used"
        "Files are named relative to `rules/` or `tables/` of the workspace; they can't be absolute, contain `..` or be links out of it. What a definition extends is named as a program, `client/name`."
    M119 FormatVersion "a format version that isn't known"
        "This version of Meed reads `format: 1`."
    M120 OptionalKeyField "a field that must never be empty"
        "A claim's id, participant, date and order must be there in every claim, so their fields can't be optional."
    M121 WholeNumberEdges "incremental bands that start at whole numbers"
        "Edges of incremental bands are points on the line: with `from: 1, 6` the first unit lies below the first band and unit six is cut at its start. For counted things write `above: 0, 5`."
    M122 UnknownComponent "a component that isn't there"
        "A limit's `of` names components under `award`."
    M123 RuleOrder "a rule that comes after one that isn't there"
        "`after` names an eligibility rule that stands above this one."
    M124 LowerBand "a band that lowers what is due"
        "The band pays less on its first total than the band before it does just below, so that one more unit costs money, and claimants have a reason to hold it back. Most often a rate is mistyped, or `incremental` is meant. Where a contract has it so, say it: `meant: { M124: reason }` at the top of the definition."
    M125 SplitPaysMore "a claim that is awarded more in two"
        "The bands apply to each claim alone, and two claims of half are awarded more than the one. Let the base accumulate (`per: [participant, month]`), or change the bands. Where it is meant, say so: `meant: { M125: reason }`."
    M126 ShadowedRule "a rule that another one shadows"
        "Wherever this rule objects, one above it does, with the same disposition or a worse one, so that this one changes no claim. One of the two conditions isn't what was meant. Where its message alone is wanted, say so: `meant: { M126: reason }`."
    M127 LayersEndless "layers that don't end"
        "A definition with `extends` is a layer over another one. Such a chain ends at a definition that extends nothing, after at most 8 layers; one that comes back to itself never does."
    M128 NothingToTakeOut "nothing to take out"
        "A layer takes out what stands below it by giving it the value `~`: a rule of another country, a limit, a message. Here nothing of this name stands below, so the line would do nothing; most often the name is mistyped."
    M129 OtherCurrency "amounts in another currency"
        "A layer changes the currency or unit, and takes over amounts as they are written: a ceiling of 500 EUR would become one of 500 GBP. Write them in the layer, even where the figure is the same. Looked at are ceilings, flat amounts, amounts a unit, edges of bands over money, and params that one of these is; amounts inside expressions and scripts are not."
    M130 CaseProblem "a case that can't be run"
        "The case names a program, claims and perhaps what is expected of them. A column that the program doesn't read, or an expectation for a claim that isn't there, is refused, since it would test nothing."
    M131 BandOutOfReach "a band that awards nothing"
        "A limit over the same key has cut the award to its ceiling before the band starts, so that the band never pays anything. The ceiling or the band isn't what was meant. Where it is, say so: `meant: { M131: reason }`."
    M135 NothingToChange "a change of something that isn't there"
        "`--set` and arrangements change what a definition holds: a param, a limit, a band, a rule. The path names each key on the way, with items of lists counted from 1: `award.volume_rebate.tiers.bands.2.rate`. Most often a part of it is mistyped."
    M136 NotArranged "a change that an arrangement can't make"
        "An arrangement changes parts of `params`, `award` and `limits` for some claims, and waives rules by their codes (`waive: [LATE]`). What claims are, what tables say and where awards accumulate (`per`) is the same for all claims of a program: to change that, change the program, or write a layer over it."
    M140 ProgramOrder "programs that can't run together"
        "Programs over the same claims run by `priority`, the lowest first, each with one of its own. A program that looks at what another one awarded, excludes it or requires it runs together with it, and behind one that it requires."
    M201 ScriptSyntax "a rule that can't be parsed"
        "The expression or script isn't valid Rhai. `1%` is written `0.01` in rules, and numbers have no exponent."
    M202 UnknownName "a name that isn't known here"
        "Rules see `claim`, `params`, `totals`, tables and derived figures by name, and `award` where it exists; functions see only what they are given."
    M203 UnknownMember "a field that isn't there"
        "The row has no field of this name. In many languages this would silently be empty."
    M204 UnknownFunction "a function that isn't there"
        "Functions are those of the program's scripts and the built-in ones; there is no way to load others."
    M205 WrongArguments "arguments that a function doesn't take"
        "The function takes another number of arguments, or arguments of other types."
    M206 WrongType "a value of the wrong type"
        "An integer widens to a decimal; nothing else converts by itself."
    M207 MixedComparison "a comparison across types"
        "Values of different types are never equal and have no order; such a comparison would silently be false."
    M208 IntegerDivision "a division of two whole numbers"
        "It would silently drop the fraction. Divide decimals (`5.0 / 2`), or say that the fraction is meant to go: `idiv(a, b)`."
    M209 MaybeEmpty "a value that may be empty"
        "The value is optional. Test it first (`x != () && x > 5`, or `if x == () { return false; }`); behind the test it is known to be there."
    M210 BranchTypes "branches of different types"
        "All branches of an `if` or `switch`, and all values that a function returns, have one type. Write `0.0` where others give a decimal."
    M211 NotCovered "something that rules can't do"
        "Every rule ends and its cost is bounded, so there is no `while`, `loop`, recursion, closure, map, `try` or import. `for` over a list, `if`, `switch`, `let` and functions are there."
    M212 UnnamedRounding "a rounding without a name"
        "Systems disagree on what `round` does with a tie, so the rule is named: `round_half_even(x, 2)`, `round_half_up(x, 2)` and so on."
    M213 SwitchCases "a switch that leaves something out"
        "A `switch` needs a `_` case, and its cases are literals of the type that it looks at; otherwise a value could fall through silently."
    M214 InexactLiteral "a number that can't be kept exactly"
        "A whole number has at most 64 bits, a decimal at most 28 digits."
    M215 UnusedFunction "a function that nothing calls"
        "It can't be checked, since its arguments have no types until it is called."
    M216 TooLarge "rules that are too large"
        "Scripts, expressions and call chains have stated limits, so that checking and evaluating are bounded. `meed check --cost` prints how many nodes of its typed form each part of a program may take on one claim at worst, every round of a `for` counted."
    M217 LocalName "a local that can't have this name"
        "A local may not take the name of another one in sight, of an argument or of something that the program declares; a constant can't be assigned."
    M218 UnusedLocal "a local that nothing reads"
        "A local, constant or argument is given a value that no line looks at. Remove it, or use it. Where a function must take an argument that it doesn't need, start its name with `_`."
    M219 Unreachable "a line that is never reached"
        "The lines above it return in every case."
    M220 NoChoice "a text that is none of the choices"
        "A field that is declared `one_of` holds nothing but its choices, so a comparison with another text never holds, and a `switch` never takes a case for it. Most often the text is mistyped. In a param it is a warning, since other fields may be compared with the same param. In a function it is said where every call gives it such a field."
    M221 AlwaysDecided "a condition that is always true or always false"
        "The condition says the same for every claim, by its own numbers, by params that aren't dated, by declared choices, or because a test around or before it has decided it. One of the two tests isn't what was meant, or what stands behind this one never happens."
    M301 FileUnopened "a file that can't be opened"
        "The file isn't there, or may not be read. Check the path; `-` reads standard input."
    M302 FileInterrupted "a file that can't be read on"
        "The disk, the network or the pipe failed. Nothing of the file was used; try again."
    M303 FileDamaged "a compressed file that is damaged"
        "It is cut off or changed, so rows may be missing. Nothing of it was used; ask for it again."
    M304 FileTooLarge "a file that is too large"
        "What a file unpacks to is bounded. Split it."
    M305 NotText "a file that isn't text"
        "Claims and tables are read from CSV or JSON Lines, also compressed with gzip or zstd, in UTF-8 or Windows-1252."
    M306 Workbook "a workbook or an archive"
        "Save the sheet as CSV UTF-8, or take the file out of its archive."
    M307 Utf16 "a file in UTF-16"
        "Save it as CSV UTF-8."
    M308 EmptyFile "a file with nothing in it"
        "There is not even a header. Check that the export has finished and that this is the right file."
    M309 ColumnMissing "a column that is missing"
        "A column that the definition declares isn't in the file. Rename it with `--map`, or say in the definition how the file names it: `column: \"Sale date\"`."
    M310 ColumnTwice "a column that stands twice"
        "Nobody could say which of the two is meant. Rename or delete one."
    M311 NothingToRename "a map that names a column that isn't there"
        "The map given with `--map` renames a header that the file doesn't have. Names are the same to the letter."
    M312 TooManyColumns "a header with too many columns"
        "Delete the columns that nobody needs."
    M313 RowTooLong "a row that is too long"
        "A row has at most 1 MiB; more points to a quote that isn't closed or to a file of another kind."
    M314 OpenQuote "a quote that isn't closed"
        "A cell that starts with a quote and never ends would swallow the rows behind it, so nothing of the file is used. Close the quote; a quote inside a quoted cell is written twice."
    M315 TooManyRows "a file with too many rows"
        "A file has at most four billion rows. Split it."
    M316 ColumnMap "a map that can't be used"
        "A map is YAML: `format: 1` and `columns: { \"Client's name\": column }`."
    M320 TableRow "a row of a table that can't be read"
        "Every row of a table must be readable by the declared types."
    M321 TableOverlap "rows of a table that match at the same time"
        "Two rows have the same key and are in force on the same day, so that it isn't clear which one counts. In a decision table: two rows match the same claim though `hit: unique` says that never happens, or rows that `hit: any` or equal priorities don't choose from say different things. The message names such a claim."
    M322 TableRange "a range that holds nothing"
        "The lower end of a range stands above its upper end, or at it without the value itself, so that the row never matches."
    M323 TableMasked "a row that never counts"
        "Wherever the row matches, others match too and count in its place: they stand above it under `hit: first`, or have a better priority. A row for everything else stands last."
    M324 TableGap "a gap in a decision table"
        "No row matches a claim between two ranges, or with values that the field declares, or that the table lists in other rows. Open ends aren't reported: a table that starts somewhere most often means to. Where rows add up (`all`, `sum`, `min`, `max`, `count`), gaps in numbers alone are."
    M325 TableTooLarge "a decision table that is too large"
        "Rows with ranges and blank cells are compared with a claim one by one, so there is a limit to how many of them may have to be. Columns that are matched and filled in nearly every row tell rows apart beforehand, and such rows don't count. Overlaps, masked rows and gaps are looked for within a limit, too; where it doesn't reach, that is said."
    M401 WrongAmount "an amount that isn't exact"
        "Amounts are written in full: digits with at most one point, `%` for a share. `1e3`, `1_000` or `.5` are refused."
    M402 UnknownUnit "a currency that isn't known"
        "Currencies are ISO 4217 codes. Points and the like are units of the program's own: `unit: { code: PTS, scale: 0 }`."
    M403 WrongRounding "a rounding that can't be"
        "A program rounds to a scale of at most 12 places, or to a step above zero."
    M404 LargeRate "a rate of a hundred percent or more"
        "`rate: 2` pays twice the base. Most often `2%` is meant; if not, write `200%`."
    M405 WrongShares "shares that an award can't be split by"
        "Shares are percentages that add up to 100%, one of which may be `rest`, or weights alone, none below zero."
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(id: &str) -> Result<Self, UnknownCode> {
        Self::ALL.iter().find(|code| code.id().eq_ignore_ascii_case(id)).copied().ok_or(UnknownCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_in_order() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].id() < pair[1].id()));
    }
}

//! The commands as people call them: the README's, and those under `tests/commands/`, with output and exit code. The guide's
//! build on each other; `tests/guide.rs` runs them.

#[test]
fn commands_print_what_is_written_of_them() {
    trycmd::TestCases::new()
        .case("README.md")
        .case("docs/*.md")
        .skip("docs/guide-designer.md")
        .skip("docs/guide-coordinator.md")
        .case("tests/commands/*.trycmd");
}

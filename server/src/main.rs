//! `daka-server`: see `daka-server --help` and docs/server.md.

fn main() -> std::process::ExitCode {
    daka_server::cli::main()
}

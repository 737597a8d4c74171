//! The sentences of both phone apps: one source in `texts/`, and everything that is made from it.
//!
//! `texts/*.toml` holds each sentence once, in three languages side by side, with named and typed arguments. From it come
//!
//! - Android's `strings.xml` per language ([`android`]) and Apple's string catalogues ([`apple`]);
//! - two tables from the core's codes to their sentences, in Kotlin and in Swift ([`tables`]). They are exhaustive: a new code
//!   in `bindings/src` ([`codes`]) compiles in no shell before it has a sentence in every language.
//!
//! What is made is committed. `cargo xtask generate` writes it, `cargo xtask generate --texts` without building the library
//! first, `--check` and the tests compare. Each file is replaced as a whole; killed in between, the next run writes the rest.
//!
//! Three kinds of findings: the source is not whole ([`source`], [`codes`]), a sentence is not written as this project writes
//! ([`language`]), or the shells and the source do not agree on the keys ([`usage`]). Nothing is generated from a source with
//! findings of the first two kinds; the third is left to the check, because a key is there before its screen is.

mod android;
mod apple;
mod codes;
mod language;
mod reader;
mod source;
mod tables;
mod usage;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::check::Finding;
use crate::failure::{AtPath, Outcome, failed};
use crate::workspace::Workspace;

use codes::Code;
use source::Catalogue;

/// The folder of the source.
const FOLDER: &str = "texts";

/// The folders whose sources the shells' keys are looked for in, the file that shows that a shell has landed, and whether it has
/// all its screens: from then on no key may be without use.
const ANDROID: usage::Place = usage::Place {
    sources: "android-shell/app/src/main",
    landed: "android-shell/app/src/main/AndroidManifest.xml",
    whole: true,
};
const APPLE: usage::Place = usage::Place { sources: "ios-shell", landed: "ios-shell/App/Info.plist", whole: true };

/// Everything read, and what was wrong with it.
struct Texts {
    catalogue: Catalogue,
    codes: Vec<Code>,
    findings: Vec<Finding>,
}

impl Texts {
    fn load(ws: &Workspace) -> Outcome<Self> {
        let mut files = Vec::new();
        for (file, text) in toml_files(ws)? {
            if file != language::FILE {
                files.push((file, text));
            }
        }
        let (catalogue, mut findings) = source::read(&files);
        let codes = codes::read(ws)?;
        findings.extend(codes::check(&codes, &catalogue));
        findings.extend(language::Words::read(&ws.read(language::FILE)?)?.check(&catalogue));
        findings.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Ok(Self { catalogue, codes, findings })
    }

    /// Every generated file, by its path in the repository.
    fn files(&self, ws: &Workspace) -> BTreeMap<String, String> {
        let mut files = android::files(&self.catalogue);
        files.extend(apple::files(&self.catalogue));
        files.extend(tables::files(&self.codes, &self.catalogue, &tables::android_namespace(ws)));
        files
    }
}

/// The source's files, in alphabetical order.
fn toml_files(ws: &Workspace) -> Outcome<Vec<(String, String)>> {
    let folder = ws.path(FOLDER);
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).at("read", &folder)? {
        let name = entry.at("read", &folder)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".toml") {
            names.push(format!("{FOLDER}/{name}"));
        }
    }
    names.sort();
    names.into_iter().map(|name| ws.read(&name).map(|text| (name, text))).collect()
}

/// Is this path one of the generated files?
pub(crate) fn is_generated(file: &str) -> bool {
    android::FILES.iter().any(|(_, path)| *path == file)
        || [apple::CATALOGUE, apple::INFO, apple::PHRASES, tables::SWIFT].contains(&file)
        || file.ends_with(tables::KOTLIN_FILE)
}

/// Writes what has changed.
pub(crate) fn write(ws: &Workspace) -> Outcome<()> {
    for (file, text) in fresh(ws)? {
        if ws.read(&file).is_ok_and(|old| old == text) {
            continue;
        }
        let path = ws.path(&file);
        let folder = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).at("make", folder)?;
        fs::write(&path, text).at("write", &path)?;
        println!("wrote {file}");
    }
    Ok(())
}

/// Names of generated files that are not what is committed.
pub(crate) fn differences(ws: &Workspace) -> Outcome<Vec<String>> {
    let differs = |(file, text): (String, String)| (ws.read(&file).ok().as_ref() != Some(&text)).then_some(file);
    Ok(fresh(ws)?.into_iter().filter_map(differs).collect())
}

fn fresh(ws: &Workspace) -> Outcome<BTreeMap<String, String>> {
    let texts = Texts::load(ws)?;
    if texts.findings.is_empty() {
        return Ok(texts.files(ws));
    }
    let lines: Vec<String> = texts.findings.iter().map(|f| format!("{}:{}: {}", f.file, f.line, f.what)).collect();
    failed(lines.join("\n"))
}

/// All findings: in the source, and between the source and the shells.
pub(crate) fn check(ws: &Workspace) -> Outcome<Vec<Finding>> {
    let texts = Texts::load(ws)?;
    let mut findings = texts.findings;
    findings.extend(usage::check(ws, &texts.catalogue)?);
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The repository that these tests were built in.
    fn repository() -> Workspace {
        Workspace::load().unwrap()
    }

    #[test]
    fn the_sentences_are_whole_and_the_shells_agree_with_them() {
        let findings = check(&repository()).unwrap();
        let lines: Vec<String> = findings.iter().map(|f| format!("{}:{}: {}", f.file, f.line, f.what)).collect();
        assert_eq!(lines, Vec::<String>::new());
    }

    /// The project's vocabulary, where a sentence is just the word.
    #[rustfmt::skip]
    const VOCABULARY: [(&str, &str, &str, &str); 36] = [
        ("code.asked.in", "Clock in", "上班打卡", "上班打卡"),
        ("code.asked.out", "Clock out", "下班打卡", "下班打卡"),
        ("code.asked.break_start", "Start break", "开始休息", "開始休息"),
        ("code.asked.break_end", "End break", "结束休息", "結束休息"),
        ("today.field", "Field check-in", "外勤打卡", "外勤打卡"),
        ("code.field_type.client_visit", "Client visit", "拜访客户", "拜訪客戶"),
        ("code.field_type.business_trip", "Business trip", "出差", "公幹"),
        ("code.field_type.home", "Working from home", "居家办公", "在家工作"),
        ("code.field_type.other", "Other", "其他", "其他"),
        ("code.verdict.inside", "At the site", "在打卡范围内", "在打卡範圍內"),
        ("code.verdict.outside", "Not at the site", "不在打卡范围内", "不在打卡範圍內"),
        ("code.verdict.uncertain", "Not certain yet", "暂时无法确定", "暫時未能確定"),
        ("code.verdict.not_evaluated", "Not checked", "未作判断", "未有判斷"),
        ("code.time_word.verified", "Verified time", "时间已核实", "時間已核實"),
        ("code.time_word.bounded", "Time within limits", "时间在范围内", "時間在範圍內"),
        ("code.time_word.unverified", "Unverified time", "时间未核实", "時間未核實"),
        ("code.punch_state.waiting", "Kept on this phone", "已保存在本机", "已存於本機"),
        ("code.punch_state.received", "Received", "服务器已收到", "伺服器已收到"),
        ("code.punch_state.put_aside", "Received, being checked by a person", "已收到，正由人工核对", "已收到，正由人手核對"),
        ("waiting.title", "Waiting to be sent", "待上传", "待上載"),
        ("enrol.server", "Server", "服务器", "伺服器"),
        ("record.receipt", "Receipt", "回执", "收據"),
        ("record.export_name", "Proof file", "证据文件", "證據檔案"),
        ("record.signature", "Signature", "签名", "簽署"),
        ("enrol.scan", "Scan the QR code", "扫描二维码", "掃描二維碼"),
        ("enrol.type", "Type the code", "输入代码", "輸入代碼"),
        ("settings.consent", "Consent", "同意", "同意"),
        ("settings.withdraw", "Withdraw consent", "撤回同意", "撤回同意"),
        ("settings.employer", "Employer", "公司", "公司"),
        ("settings.employee", "Employee", "员工", "員工"),
        ("reminders.title", "Reminders", "提醒", "提示"),
        ("settings.title", "Settings", "设置", "設定"),
        ("settings.language", "Language", "语言", "語言"),
        ("common.share", "Share", "分享", "分享"),
        ("record.photos", "Photos", "照片", "相片"),
        ("common.why", "Why?", "为什么？", "原因"),
    ];

    #[test]
    fn the_vocabulary_is_kept() {
        let texts = Texts::load(&repository()).unwrap();
        for (key, english, simplified, traditional) in VOCABULARY {
            let entry = &texts.catalogue[key];
            let said = source::Language::ALL.map(|language| match entry.patterns(language).last() {
                Some((_, pattern)) => match pattern.as_slice() {
                    [source::Piece::Text(text)] => text.as_str(),
                    _ => "",
                },
                None => "",
            });
            assert_eq!(said, [english, simplified, traditional], "{key}");
        }
    }

    #[test]
    fn what_is_committed_is_what_the_source_gives() {
        assert_eq!(differences(&repository()).unwrap(), Vec::<String>::new());
    }
}

//! A static library for Apple's systems, as its linker would see it: what its objects are made for, which symbols they give and want.

use std::collections::BTreeSet;

use object::macho::Platform;
use object::read::archive::ArchiveFile;
use object::read::macho::{LoadCommandVariant, MachOFile64};
use object::{Architecture, Endianness, File, Object as _, ObjectSymbol as _};

/// What the objects of an archive have together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Archive {
    /// How many objects.
    pub(super) objects: usize,
    /// Symbols that an object gives to the others.
    pub(super) given: BTreeSet<String>,
    /// Symbols that an object takes from elsewhere.
    wanted: BTreeSet<String>,
}

/// Why an archive cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum BadArchive {
    #[error("this is no archive of objects: {0}")]
    Unreadable(String),
    #[error("its object {member} cannot be read: {why}")]
    BadObject { member: String, why: String },
    #[error("its object {member} is for {found}, not for arm64; a build script called another compiler")]
    OtherProcessor { member: String, found: String },
    #[error(
        "its object {member} is made for the platform {found} of Mach-O, not for {wanted}; a build script called another compiler"
    )]
    OtherPlatform { member: String, found: u32, wanted: u32 },
    #[error("it has no object in it")]
    Empty,
}

impl Archive {
    /// Reads an archive whose objects have to be Mach-O for arm64 and this platform. An object
    /// that names no platform, as one from assembly does, is taken by Apple's linker and here.
    pub(super) fn read(bytes: &[u8], platform: Platform) -> Result<Self, BadArchive> {
        let unreadable = |error: object::read::Error| BadArchive::Unreadable(error.to_string());
        let mut read = Self::default();
        for member in ArchiveFile::parse(bytes).map_err(unreadable)?.members() {
            let member = member.map_err(unreadable)?;
            let name = String::from_utf8_lossy(member.name()).into_owned();
            let bad =
                |error: object::read::Error| BadArchive::BadObject { member: name.clone(), why: error.to_string() };
            let data = member.data(bytes).map_err(bad)?;
            let object = File::parse(data).map_err(bad)?;
            match (&object, object.architecture()) {
                (File::MachO64(macho), Architecture::Aarch64) => {
                    let found = platforms(macho).map_err(bad)?.into_iter().find(|found| *found != platform);
                    if let Some(found) = found {
                        return Err(BadArchive::OtherPlatform { member: name, found: found.0, wanted: platform.0 });
                    }
                }
                (_, found) => {
                    let found = format!("{:?}, {found:?}", object.format());
                    return Err(BadArchive::OtherProcessor { member: name, found });
                }
            }
            read.objects += 1;
            for symbol in object.symbols() {
                let Ok(name) = symbol.name() else { continue };
                if symbol.is_undefined() {
                    read.wanted.insert(name.to_owned());
                } else if symbol.is_global() {
                    read.given.insert(name.to_owned());
                }
            }
        }
        if read.objects == 0 { Err(BadArchive::Empty) } else { Ok(read) }
    }

    /// What no object of the archive gives to those that want it.
    pub(super) fn imports(&self) -> BTreeSet<&str> {
        self.wanted.difference(&self.given).map(String::as_str).collect()
    }
}

/// The platforms that an object says it is made for.
fn platforms(object: &MachOFile64<'_, Endianness>) -> object::read::Result<Vec<Platform>> {
    let endian = object.endian();
    let mut found = Vec::new();
    let mut commands = object.macho_load_commands()?;
    while let Some(command) = commands.next()? {
        if let LoadCommandVariant::BuildVersion(version, _) = command.variant()? {
            found.push(version.platform.get(endian));
        }
    }
    Ok(found)
}

#[cfg(test)]
pub(super) mod tests {
    use object::macho::{PLATFORM_IOS, PLATFORM_IOSSIMULATOR, Version};
    use object::write::{MachOBuildVersion, Object, Symbol, SymbolSection};
    use object::{BinaryFormat, SymbolFlags, SymbolKind, SymbolScope};

    use super::*;

    /// An object that gives some symbols and wants others. Names are as in C; Mach-O puts an underscore before each.
    fn object(architecture: Architecture, platform: Option<Platform>, given: &[&str], wanted: &[&str]) -> Vec<u8> {
        let mut object = Object::new(BinaryFormat::MachO, architecture, object::Endianness::Little);
        if let Some(platform) = platform {
            let mut version = MachOBuildVersion::default();
            (version.platform, version.minos, version.sdk) = (platform, Version(17 << 16), Version(17 << 16));
            object.set_macho_build_version(version);
        }
        let text = object.section_id(object::write::StandardSection::Text);
        // One instruction, `ret`.
        let at = object.append_section_data(text, &[0xc0, 0x03, 0x5f, 0xd6], 4);
        let symbols = given.iter().map(|name| (name, SymbolSection::Section(text)));
        for (name, section) in symbols.chain(wanted.iter().map(|name| (name, SymbolSection::Undefined))) {
            object.add_symbol(Symbol {
                name: name.as_bytes().to_vec(),
                value: at,
                size: 0,
                kind: SymbolKind::Text,
                scope: SymbolScope::Dynamic,
                weak: false,
                section,
                flags: SymbolFlags::None,
            });
        }
        object.write().unwrap()
    }

    /// An archive in System V's plain form: a header of 60 bytes before each member, which begins at an even place.
    fn archive(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = b"!<arch>\n".to_vec();
        for (name, data) in members {
            let header = format!("{:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", format!("{name}/"), 0, 0, 0, 644, data.len());
            bytes.extend(header.bytes());
            bytes.extend(data);
            bytes.extend((data.len() % 2 == 1).then_some(b'\n'));
        }
        bytes
    }

    /// A library for iOS whose second object wants these, and one symbol of the first.
    pub(in super::super) fn wanting(wanted: &[&str]) -> Vec<u8> {
        let first = object(Architecture::Aarch64, Some(PLATFORM_IOS), &["inner", "uniffi_x"], &[]);
        let second = object(Architecture::Aarch64, Some(PLATFORM_IOS), &[], &[wanted, &["inner"]].concat());
        archive(&[("first.o", first), ("second.o", second)])
    }

    #[test]
    fn what_one_object_gives_another_need_not_import() {
        let read = Archive::read(&wanting(&["malloc", "CFRelease"]), PLATFORM_IOS).unwrap();
        assert_eq!(read.objects, 2);
        assert_eq!(read.imports().into_iter().collect::<Vec<_>>(), ["_CFRelease", "_malloc"]);
        assert!(read.given.contains("_uniffi_x"));
    }

    #[test]
    fn an_object_for_the_simulator_a_mac_or_another_processor_is_named() {
        let simulator = object(Architecture::Aarch64, Some(PLATFORM_IOSSIMULATOR), &["a"], &[]);
        let found = Archive::read(&archive(&[("sqlite3.o", simulator)]), PLATFORM_IOS).unwrap_err();
        assert_eq!(found, BadArchive::OtherPlatform { member: "sqlite3.o".to_owned(), found: 7, wanted: 2 });
        let intel = object(Architecture::X86_64, None, &["a"], &[]);
        let found = Archive::read(&archive(&[("ring.o", intel)]), PLATFORM_IOS).unwrap_err().to_string();
        assert!(found.starts_with("its object ring.o is for MachO, X86_64, not for arm64"), "{found}");
    }

    #[test]
    fn assembly_names_no_platform_and_is_taken() {
        let assembly = object(Architecture::Aarch64, None, &["a"], &[]);
        assert_eq!(Archive::read(&archive(&[("ghash.o", assembly)]), PLATFORM_IOS).map(|read| read.objects), Ok(1));
    }

    #[test]
    fn what_is_no_archive_or_holds_none_is_refused() {
        assert!(matches!(Archive::read(b"MZ", PLATFORM_IOS), Err(BadArchive::Unreadable(_))));
        assert_eq!(Archive::read(b"!<arch>\n", PLATFORM_IOS), Err(BadArchive::Empty));
        let found = Archive::read(&archive(&[("notes.txt", b"no object".to_vec())]), PLATFORM_IOS).unwrap_err();
        assert!(matches!(found, BadArchive::BadObject { member, .. } if member == "notes.txt"));
    }
}

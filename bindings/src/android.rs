//! Android alone: hands the application's context to the certificate verifier, which asks the system through the JVM.
//!
//! Every other call crosses by JNA, which gives neither a JVM nor a context. So this one function is called by the JVM itself, as the native
//! method of `org.daka.AndroidTls`. It answers a number and throws nothing; what the numbers mean stands there.
//!
//! Until it answered 0, a connection to a server whose certificate the system has to judge is answered `platform_not_initialised` before
//! its handshake, and one whose key was pinned goes on. Calling it again changes nothing.
#![allow(
    unsafe_code,
    reason = "the macro makes a symbol that the JVM finds by its name; nothing here is unsafe by itself"
)]
#![allow(unreachable_pub, reason = "the macro wants the function to be public")]

use daka_core::adapters::http::platform_verifier_ready;
use jni::errors::Error;
use jni::objects::{JClass, JClassLoader, JObject};
use jni::sys::jint;
use jni::{Env, EnvUnowned, Outcome, jni_mangle, jni_sig, jni_str};

/// The verifier may be used.
const READY: jint = 0;
/// The app lacks the verifier's Kotlin half, or it was shrunk away.
const NO_CLASS: jint = 1;
/// The JVM refused a call.
const REFUSED: jint = 2;
/// A fault of this program.
const BROKEN: jint = 3;

/// The Kotlin half, by the name under which the verifier loads it.
const VERIFIER: &str = "org.rustls.platformverifier.CertificateVerifier";

/// `AndroidTls.start(context)`: 0 if the verifier may be used, else why not.
#[jni_mangle("org.daka.AndroidTls", "start")]
pub fn start<'caller>(mut env: EnvUnowned<'caller>, _class: JClass<'caller>, context: JObject<'caller>) -> jint {
    let outcome = env.with_env(|env| -> Result<jint, Error> {
        let answer = hand_over(env, context);
        // A refusal is an answer here; left pending, it would be thrown in the app.
        env.exception_clear();
        answer
    });
    match outcome.into_outcome() {
        Outcome::Ok(answer) => answer,
        Outcome::Err(_) => REFUSED,
        Outcome::Panic(_) => BROKEN,
    }
}

fn hand_over(env: &mut Env<'_>, context: JObject<'_>) -> Result<jint, Error> {
    let loader = env.call_method(&context, jni_str!("getClassLoader"), jni_sig!(() -> JClassLoader), &[])?.l()?;
    let loader = env.cast_local::<JClassLoader>(loader)?;
    // The verifier itself looks for it at the first handshake, and can only fail there.
    let name = env.new_string(VERIFIER)?;
    if loader.load_class(env, name).is_err() {
        return Ok(NO_CLASS);
    }
    rustls_platform_verifier::android::init_with_env(env, context)?;
    platform_verifier_ready();
    Ok(READY)
}

package org.daka.app

import android.content.Context
import android.content.res.Configuration
import android.os.LocaleList
import java.util.Locale
import org.daka.ffi.Language

/** A context whose texts are in this language, whatever the phone's is; this one where the phone's is wanted. */
fun Context.speaking(language: Language): Context {
    val locale = when (language) {
        Language.SYSTEM -> return this
        Language.EN -> Locale.ENGLISH
        Language.ZH_HANS -> Locale.forLanguageTag("zh-Hans-CN")
        Language.ZH_HANT_HK -> Locale.forLanguageTag("zh-Hant-HK")
    }
    return createConfigurationContext(Configuration(resources.configuration).apply { setLocales(LocaleList(locale)) })
}

package org.daka

import org.daka.ffi.Asked
import org.daka.ffi.DakaConfig
import org.daka.ffi.FieldType
import org.daka.ffi.Platform
import org.daka.ffi.PositionFix
import org.daka.ffi.Presence
import org.daka.ffi.PunchRequest
import org.daka.ffi.Trigger
import java.util.TimeZone

/**
 * A tap on the button: what the person [asked] for and what the button had [shown]; the other parts as they are at hand. A punch does
 * not wait for a position.
 */
fun tap(
    asked: Asked,
    shown: Asked = asked,
    fixes: List<PositionFix> = emptyList(),
    field: FieldType? = null,
    note: String? = null,
    visit: String? = null,
    photos: List<String> = emptyList(),
    trigger: Trigger = Trigger.TAP,
    presence: Presence = Presence.NONE,
): PunchRequest = PunchRequest(
    asked = asked,
    shown = shown,
    trigger = trigger,
    presence = presence,
    field = field,
    fixes = fixes,
    note = note,
    visit = visit,
    photos = photos,
)

/**
 * How a journal is opened: its [folder], one per employer and outside every backup; the [sealingKey] of 32 bytes that the platform's
 * key store keeps; and the [appVersion].
 */
fun config(folder: String, sealingKey: ByteArray, appVersion: String, platform: Platform = Platform.OTHER): DakaConfig = DakaConfig(
    folder = folder,
    sealingKey = sealingKey,
    appVersion = appVersion,
    platform = platform,
    utcOffsetMin = (TimeZone.getDefault().getOffset(System.currentTimeMillis()) / 60_000).toShort(),
)

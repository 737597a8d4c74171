package org.daka.app.platform

import com.google.zxing.BarcodeFormat
import com.google.zxing.EncodeHintType
import com.google.zxing.qrcode.QRCodeWriter
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test

/** A frame of a code, as a camera gives it. */
class QrReaderTest {
    private fun frame(text: String, dark: Int = 20, light: Int = 230): Luma {
        val code = QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, 400, 300, mapOf(EncodeHintType.CHARACTER_SET to "UTF-8"))
        val bytes = ByteArray(400 * 300) { at -> (if (code[at % 400, at / 400]) dark else light).toByte() }
        return Luma(bytes, 400, 300)
    }

    @Test fun aCodeIsReadWhateverItSays() {
        for (text in listOf("daka:1:u=https%3A%2F%2Fexample.org&c=x", "茶餐廳 打卡")) assertEquals(text, qrText(frame(text)))
    }

    @Test fun aPaleCodeIsRead() = assertEquals("x", qrText(frame("x", dark = 90, light = 150)))

    @Test fun aWallIsNoCode() {
        assertNull(qrText(Luma(ByteArray(400 * 300) { 90 }, 400, 300)))
        assertNull(qrText(Luma(ByteArray(400 * 300) { (it * 31 % 251).toByte() }, 400, 300)))
    }

    @Test fun halfACodeIsNone() {
        val whole = frame("daka:1:half")
        val cut = whole.bytes.copyOf().also { it.fill(127, 0, it.size / 2) }
        assertNull(qrText(Luma(cut, 400, 300)))
    }
}

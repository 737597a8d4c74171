package org.daka.app.platform

import android.content.*
import android.net.Uri
import android.provider.Settings
import androidx.core.content.FileProvider
import java.io.File

/** A fresh file of this name in the folder out of which files are shared; what was shared earlier goes. */
fun Context.fileToShare(name: String): File {
    val folder = File(cacheDir, "shared").apply { mkdirs() }
    folder.listFiles()?.forEach(File::delete)
    return File(folder, name)
}

/** Hands a file to the app that the person chooses. */
fun Context.share(file: File) {
    val uri = FileProvider.getUriForFile(this, "$packageName.files", file)
    val send = Intent(Intent.ACTION_SEND).setType("application/octet-stream").putExtra(Intent.EXTRA_STREAM, uri)
    send.addFlags(Intent.FLAG_GRANT_READ_URI_PERMISSION).clipData = ClipData.newRawUri(file.name, uri)
    startActivity(Intent.createChooser(send, null).addFlags(Intent.FLAG_ACTIVITY_NEW_TASK))
}

/** The system's page of this app, where a permission that was refused for ever can be given. */
fun Context.openAppSettings() =
    startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", packageName, null)))

/** The system's switch for location. */
fun Context.openLocationSettings() = startActivity(Intent(Settings.ACTION_LOCATION_SOURCE_SETTINGS))

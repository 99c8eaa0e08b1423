// Called by electron-builder for each packed app, before its fuses are set and it is signed.
const fs = require('node:fs')
const path = require('node:path')

/**
 * The fuse LoadBrowserProcessSpecificV8Snapshot makes the browser process start from `browser_v8_context_snapshot*.bin`,
 * and die where there is none. It gets a copy of its own of the one every process has.
 */
exports.default = function afterPack({ appOutDir }) {
  const files = fs
    .readdirSync(appOutDir, { recursive: true })
    .filter((file) => /^v8_context_snapshot.*\.bin$/.test(path.basename(file)))
  if (files.length === 0) throw new Error(`no v8_context_snapshot.bin in ${appOutDir}`)
  for (const file of files) {
    const from = path.join(appOutDir, file)
    fs.copyFileSync(from, path.join(path.dirname(from), `browser_${path.basename(from)}`))
  }
}

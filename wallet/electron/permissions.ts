import type { Session, WebContents } from 'electron'
import { pageOf } from './page-scheme.ts'

/** A page may have the camera while it scans. Nothing else is ever granted, and nothing is ever downloaded. */
export function restrictPermissions(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, answer, details) => {
    const media = 'mediaTypes' in details ? (details.mediaTypes ?? []) : []
    const isCamera = media.length > 0 && media.every((type) => type === 'video')
    answer(
      permission === 'media' && isCamera && 'isMainFrame' in details && details.isMainFrame && isScanning(contents),
    )
  })
  session.setPermissionCheckHandler(
    (contents, permission, _origin, { mediaType }) =>
      permission === 'media' && mediaType === 'video' && contents !== null && isScanning(contents),
  )
  session.setDevicePermissionHandler(() => false)
  session.on('will-download', (event) => event.preventDefault())
}

/** The address a page has by now, not the one that asks: an origin alone does not say which page it is. */
function isScanning(contents: WebContents): boolean {
  const address = contents.getURL()
  return pageOf(address) === 'wallet' && new URL(address).hash === '#/scan'
}

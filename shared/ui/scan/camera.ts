import { rememberChoice, rememberedChoice } from '../choices.ts'
import { NoPicture, stopStream, troubleOf, type LiveSource } from './frame.ts'

const key = 'fj-camera'

export interface CameraChoice {
  readonly id: string
  readonly label: string
}

/** What the lens in use can do. */
export interface CameraAbilities {
  readonly torch: boolean
  readonly zoom?: { readonly min: number; readonly max: number; readonly now: number }
}

/** Members that browsers know and the types do not. */
interface LensCapabilities extends MediaTrackCapabilities {
  readonly torch?: boolean
  readonly zoom?: { readonly min: number; readonly max: number }
}

/**
 * Opens the camera used last time, else the one that faces away.
 *
 * @throws NoPicture
 */
export async function openCamera(id?: string): Promise<LiveSource> {
  if (navigator.mediaDevices === undefined) throw new NoPicture('absent')
  const wanted = id ?? rememberedChoice(key) ?? undefined
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: picture(wanted) })
    const used = stream.getVideoTracks()[0]?.getSettings().deviceId
    if (used !== undefined) rememberChoice(key, used)
    return { stream, close: () => stopStream(stream) }
  } catch (cause) {
    throw new NoPicture(troubleOf(cause), { cause })
  }
}

/** At least 1280 × 720 where the camera can. */
function picture(id: string | undefined): MediaTrackConstraints {
  const size = { width: { ideal: 1920, min: 640 }, height: { ideal: 1080, min: 480 } }
  return id === undefined ? { ...size, facingMode: 'environment' } : { ...size, deviceId: { ideal: id } }
}

/** The cameras there are; nameless until one was allowed. */
export async function listCameras(): Promise<readonly CameraChoice[]> {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? []
  return devices
    .filter((device) => device.kind === 'videoinput')
    .map((device, i) => ({ id: device.deviceId, label: device.label || `${i + 1}` }))
}

export function cameraAbilities(stream: MediaStream): CameraAbilities {
  const track = stream.getVideoTracks()[0]
  const found: LensCapabilities = track?.getCapabilities?.() ?? {}
  const { zoom: now }: MediaTrackSettings & { readonly zoom?: number } = track?.getSettings() ?? {}
  return {
    torch: found.torch === true,
    ...(found.zoom === undefined
      ? {}
      : { zoom: { min: found.zoom.min, max: found.zoom.max, now: now ?? found.zoom.min } }),
  }
}

/** Lens settings; a camera that refuses one keeps what it had. */
export async function setLens(
  stream: MediaStream,
  lens: { readonly torch?: boolean; readonly zoom?: number },
): Promise<void> {
  const set = lens as MediaTrackConstraintSet
  await stream
    .getVideoTracks()[0]
    ?.applyConstraints({ advanced: [set] })
    .catch(() => undefined)
}

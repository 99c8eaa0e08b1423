import { expect, it } from 'vitest'

// A page of ours that reaches for a CDN, a font or telemetry has to fail, on a connected machine too.
it('refuses to reach any host but loopback', async () => {
  await expect(fetch('https://example.com/', { mode: 'no-cors' })).rejects.toThrow(TypeError)
  await expect(fetch(location.href)).resolves.toHaveProperty('ok', true)
})

it('keeps a camera, a picture of which is made by the browser itself', async () => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: true })
  expect(stream.getVideoTracks()).toHaveLength(1)
  for (const track of stream.getTracks()) track.stop()
})

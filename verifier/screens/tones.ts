import type { Symbol } from '@fujie/shared/ui/reasons.ts'

/** Frequencies in hertz, one after the other: two rising, one, two low. */
const melodies: Readonly<Record<Symbol, readonly number[]>> = {
  pass: [660, 880],
  check: [660],
  reject: [220, 196],
  undecided: [220, 196],
}

const length = 0.14
const loudness = 0.12

/** Lets a verdict be heard. A page that nobody has touched yet may not sound; then it stays silent. */
export function sound(symbol: Symbol): void {
  const audio = new AudioContext()
  if (audio.state === 'suspended') return void audio.close()
  const melody = melodies[symbol]
  melody.forEach((frequency, i) => {
    const tone = audio.createOscillator()
    const volume = audio.createGain()
    const start = audio.currentTime + i * length
    tone.frequency.value = frequency
    volume.gain.setValueAtTime(loudness, start)
    volume.gain.exponentialRampToValueAtTime(0.001, start + length)
    tone.connect(volume).connect(audio.destination)
    tone.start(start)
    tone.stop(start + length)
    if (i === melody.length - 1) tone.onended = () => void audio.close()
  })
}

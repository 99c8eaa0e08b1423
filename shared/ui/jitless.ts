import { z } from 'zod/mini'

// The first import of every page: without it zod probes `new Function` as schemas are made, which our
// content security policy reports as a violation.
z.config({ jitless: true })

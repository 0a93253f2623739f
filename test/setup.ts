// Every property draws the same cases in every run of the suite: what passed here passes there, and what fails can be
// run again. PROPERTY_SEED draws other ones.

import * as fc from 'fast-check'

fc.configureGlobal({ seed: Number(process.env['PROPERTY_SEED'] ?? 20_261_126) })

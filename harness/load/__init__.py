"""Many people streaming at once while the network breaks, each of them judged.

Two halves. The pure one knows numbers and words only: storms (`storm`, `draw`,
`schedule`), what a stream gave (`stream`, `measure`), sums that merge (`histogram`,
`tally`, `series`, `ledger`), what must hold (`gates`, `health`), and the `result` with
its reports. The other half drives Locust, and is the only part of midstream that may
import it: that patches the whole process.
"""

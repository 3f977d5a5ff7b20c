import first from 'first-result:sweep';
import { sweep } from '../experiments/sweep.ts';
import { ExperimentFigure } from './element.ts';

/** `<asymptoken-sweep>`: the same as of `<asymptoken-convergence>` over many horizons. */
export class SweepFigure extends ExperimentFigure {
  constructor() {
    super(sweep, first);
  }
}

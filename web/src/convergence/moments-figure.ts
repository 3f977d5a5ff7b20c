import first from 'first-result:moments';
import { Clouds } from '../companions/clouds.ts';
import { moments } from '../experiments/moments.ts';
import { ExperimentFigure } from './element.ts';

/** `<asymptoken-convergence>`: error of the transformed law's mean and covariance against n. */
export class MomentsFigure extends ExperimentFigure {
  constructor() {
    super(moments, first, new Clouds());
  }
}

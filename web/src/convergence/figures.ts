import { Clouds } from '../companions/clouds.ts';
import { ErrorField } from '../companions/error-field.ts';
import { hardmax } from '../experiments/hardmax.ts';
import { moments } from '../experiments/moments.ts';
import { sweep } from '../experiments/sweep.ts';
import { uniform } from '../experiments/uniform.ts';
import { ExperimentFigure } from './element.ts';

/** `<asymptoken-convergence>`: error of the transformed law's mean and covariance against n. */
export class MomentsFigure extends ExperimentFigure {
  constructor() {
    super(moments, new Clouds());
  }
}

/** `<asymptoken-sweep>`: the same over many horizons. */
export class SweepFigure extends ExperimentFigure {
  constructor() {
    super(sweep);
  }
}

/** `<asymptoken-uniform>`: the largest error over the queries of a ball. */
export class UniformFigure extends ExperimentFigure {
  constructor() {
    super(uniform, new ErrorField());
  }
}

/** `<asymptoken-hardmax>`: attention at one query as its temperature falls to 0. */
export class HardmaxFigure extends ExperimentFigure {
  constructor() {
    super(hardmax);
  }
}

import first from 'first-result:uniform';
import { ErrorField } from '../companions/error-field.ts';
import { uniform } from '../experiments/uniform.ts';
import { ExperimentFigure } from './element.ts';

/** `<asymptoken-uniform>`: the largest error over the queries of a ball. */
export class UniformFigure extends ExperimentFigure {
  constructor() {
    super(uniform, first, new ErrorField());
  }
}

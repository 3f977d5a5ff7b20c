/** What a framed figure and the page around it say to each other. Types only: frame.js stands alone, so that it can be copied. */

/** The page asks; who frames one of ours too late to hear its first answer needs to. */
export type HeightQuestion = 'asymptoken-height?';

/** The figure tells, at first and whenever it changes. */
export interface HeightAnswer {
  type: 'asymptoken-height';
  /** In CSS pixels. */
  height: number;
}

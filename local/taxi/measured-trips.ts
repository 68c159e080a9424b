// Measured from 5,451 real trips of March 2019. All numbers are integers, so all machines generate the same trips.

/** Hundredths of trips in each hour of a week that begins on Sunday, smoothed over adjacent hours. */
export const TRIPS_BY_HOUR_OF_WEEK: readonly number[] = [
  765, 515, 435, 415, 300, 185, 215, 325, 415, 540, 715, 870, 950, 930, 900, 825, 740, 715, 660, 665, 720, 685, 560, 404,
  233, 100, 62, 44, 56, 231, 512, 712, 781, 769, 712, 662, 675, 712, 819, 981, 1019, 962, 938, 938, 962, 956, 794, 519,
  300, 162, 62, 44, 106, 262, 512, 706, 844, 919, 825, 788, 856, 912, 981, 944, 906, 994, 1106, 1200, 1219, 1156, 1056, 806,
  406, 181, 131, 56, 31, 150, 456, 862, 1131, 1169, 1081, 1012, 1044, 1131, 1138, 1019, 969, 1112, 1225, 1256, 1331, 1338, 1194, 888,
  550, 319, 181, 125, 119, 206, 462, 819, 1006, 925, 769, 750, 862, 919, 981, 1081, 1088, 1212, 1438, 1350, 1194, 1162, 975, 791,
  629, 415, 315, 255, 225, 325, 525, 800, 970, 900, 805, 740, 700, 770, 880, 890, 970, 1190, 1255, 1165, 1040, 985, 1070, 1120,
  940, 675, 485, 350, 255, 170, 155, 280, 490, 670, 860, 985, 960, 965, 920, 815, 870, 1005, 1135, 1175, 945, 740, 875, 975,
];

/** Hundredths of a mile at each of 50 quantiles; trips without a distance are counted separately. */
export const DISTANCES: readonly number[] = [
  1, 40, 48, 52, 60, 62, 70, 72, 80, 81, 87, 90, 95, 100, 103, 110, 112, 120, 122, 130, 132, 140, 145, 150, 157, 161, 170, 177, 183, 191,
  201, 210, 223, 234, 250, 263, 280, 298, 320, 346, 375, 410, 455, 515, 600, 706, 854, 1000, 1212, 1710, 3670,
];
/** Trips in a hundred thousand that have no distance. */
export const WITHOUT_DISTANCE = 514;

/** Median speed, in hundredths of a mile an hour, of the trips shorter than this many hundredths of a mile. */
export const SPEEDS: ReadonlyArray<{ readonly below: number; readonly speed: number }> = [
  { below: 50, speed: 740 }, { below: 100, speed: 816 }, { below: 150, speed: 889 }, { below: 200, speed: 905 }, { below: 300, speed: 986 },
  { below: 500, speed: 1176 }, { below: 800, speed: 1575 }, { below: 1200, speed: 1953 }, { below: Infinity, speed: 2428 },
];

/** How much faster or slower, in thousandths, each hour of the day is. */
export const SPEED_BY_HOUR: readonly number[] = [
  1213, 1287, 1307, 1336, 1388, 1388, 1257, 1091, 973, 878, 865, 896, 923, 912, 899, 882, 890, 896, 946, 1001, 1055, 1108, 1127, 1174,
];
export const SPEED_ON_WEEKENDS = 1071;
export const SPEED_ON_WEEKDAYS = 971;

/** Residuals of the speed, in thousandths, at each of 20 quantiles. */
export const SPEED_RESIDUALS: readonly number[] = [
  184, 564, 646, 705, 755, 802, 843, 882, 919, 962, 1001, 1041, 1082, 1126, 1177, 1234, 1307, 1397, 1528, 1768, 3828,
];

/** The fare in cents: a base, a price per mile and per minute, and residuals at each of 20 quantiles. */
export const FARE_BASE = 206;
export const FARE_PER_MILE = 216;
export const FARE_PER_MINUTE = 31;
export const FARE_RESIDUALS: readonly number[] = [
  -240, -124, -87, -65, -50, -38, -28, -20, -14, -8, -2, 3, 9, 15, 23, 30, 39, 53, 72, 111, 240,
];
/** Minimum fare and increment of the meter, in cents. */
export const MIN_FARE = 250;
export const FARE_STEP = 50;

/** Surcharges in cents. */
export const TAX_AND_IMPROVEMENT = 80;
export const NIGHT = 50;
export const RUSH_HOUR = 100;
export const CONGESTION = 250;
export const TOLL = 576;
/** Trips in a thousand that pay for congestion; of the trips of six miles and more, those that pay a toll. */
export const WITH_CONGESTION = 890;
export const WITH_TOLL = 250;

/** Tips by card, in thousandths of fare and surcharges, at each of 20 quantiles. */
export const TIPS: readonly number[] = [0, 44, 85, 101, 124, 150, 161, 199, 199, 199, 200, 200, 200, 200, 200, 200, 205, 250, 253, 313, 702];

/** Numbers of passengers and their frequencies. */
export const PASSENGERS: ReadonlyArray<readonly [value: string, trips: number]> = [
  ['1', 3812], ['2', 812], ['5', 251], ['3', 231], ['6', 144], ['4', 107], ['0', 94],
];

/** Payment types (card, cash, none) and their frequencies. */
export const PAYMENTS: ReadonlyArray<readonly [value: string, trips: number]> = [['1', 4000], ['2', 1412], ['', 39]];

/** The only measured rate code. */
export const RATE_CODE = '1';

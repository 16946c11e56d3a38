import fc from 'fast-check';

/** One seed for every machine: a change is judged by what it changes. New cases are looked for by `npm run fuzz`, which draws its own. */
fc.configureGlobal({ seed: 20_261_125 });

export { fc };

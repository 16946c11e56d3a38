/**
 * Version of the translation rules. A receipt made by older rules no longer proves that a document is current,
 * so the profile is loaded again the next time it is looked at. Raise it whenever the same files would give another document.
 */
export const RULES_VERSION = 1;

/** The version of package.json: a cache of another version is not read. */
declare const __BUILD__: string;

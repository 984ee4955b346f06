from prometheus_client import Counter, Gauge

CACHE = Counter("cache_requests", "Cached reads by outcome: hit, miss, bypass (Valkey away)", ["cache", "outcome"])
CACHE_SKIPPED = Counter("cache_too_large", "Values not kept because of their size", ["cache"])
DEGRADED = Gauge("ratelimit_degraded", "1 while limits are local shares because Valkey is away")
TAKEN = Counter("ratelimit_decisions", "Bucket decisions", ["policy", "outcome"])

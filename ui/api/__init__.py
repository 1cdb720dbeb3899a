"""The API for programs: OpenAI's form under `/v1`, Sourcier's own under `/api`."""

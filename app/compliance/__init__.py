"""Contact policy as data, holds, opt-outs, consents, tasks with deadlines, audit."""

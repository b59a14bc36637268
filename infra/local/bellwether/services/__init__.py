"""The services of the stack, one module each, such as Postgres, the AWS emulator and the fake n8n."""

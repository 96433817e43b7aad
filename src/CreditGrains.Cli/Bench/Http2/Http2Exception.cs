namespace CreditGrains.Cli.Bench.Http2;

/// <summary>The connection is of no more use: it broke, or the peer broke the protocol. The message is short: it is counted as an error kind.</summary>
internal sealed class Http2Exception(string message, Exception? inner = null) : Exception(message, inner);

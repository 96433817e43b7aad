namespace CreditGrains.Server;

/// <summary>What a server prints once it listens: its addresses and three requests to try.</summary>
internal static class Greeting
{
    public static void Print(RunningServer server, ServerOptions options)
    {
        var grpc = $"{server.GrpcAddress.Host}:{server.GrpcAddress.Port}";
        var http = server.HttpAddress.GetLeftPart(UriPartial.Authority);
        options.Output.WriteLine($$$"""
            CreditGrains is serving {{{(options.DataDirectory.Length > 0 ? Path.GetFullPath(options.DataDirectory) : "as a silo of a cluster")}}}

              gRPC  {{{grpc}}}   (creditgrains.v1, health, reflection)
              JSON  {{{http}}}   (POST /creditgrains.v1.<Service>/<Method>; health at /healthz){{{(options.Dashboard is null ? "" : $"\n  Look  {http}/   (the dashboard, in a browser)")}}}

            Try, while the ids are fresh (72 hours):

            1. May facility 1001 spend 129.00 EUR?
              curl -s {{{http}}}/creditgrains.v1.LimitService/Authorize -H 'content-type: application/json' -d \
                '{"request_uuid":"{{{NewId(options)}}}","facility":{"tenant":1,"legal_entity":1,"id":1001},"amount":12900,"currency":"EUR","channel":"CHANNEL_ONLINE"}'

            2. How does it stand, with every limit above it?
              curl -s {{{http}}}/creditgrains.v1.QueryService/GetFacility -H 'content-type: application/json' -d \
                '{"facility":{"tenant":1,"legal_entity":1,"id":1001}}'

            3. And 700,000.00 EUR for a company whose enterprise has 600,000.00?
              grpcurl -plaintext -d \
                '{"request_uuid":"{{{NewId(options)}}}","facility":{"tenant":1,"legal_entity":1,"id":2003},"amount":70000000,"currency":"EUR"}' \
                {{{grpc}}} creditgrains.v1.LimitService/Authorize

            """);
        if (options.Security is not null) options.Output.WriteLine("Callers show a key: add -H 'authorization: Bearer KEY'.");
        if (!options.Demo) options.Output.WriteLine("The requests name facilities of the demo portfolio; start with --demo to have it.");
        options.Output.Flush();
    }

    private static Guid NewId(ServerOptions options) => Guid.CreateVersion7(options.TimeProvider.GetUtcNow());
}

using CreditGrains.Server;

var arguments = ServerArguments.Parse(args, out var fault);
if (fault is not null)
{
    await Console.Error.WriteLineAsync($"Usage: {fault}. {ServerArguments.Usage}");
    return ExitCodes.Usage;
}

return await CreditGrainsServer.RunAsync(new ServerOptions
{
    DataDirectory = arguments.DataDirectory,
    Address = arguments.Address,
    GrpcPort = arguments.GrpcPort,
    HttpPort = arguments.HttpPort,
    Demo = arguments.Demo,
});

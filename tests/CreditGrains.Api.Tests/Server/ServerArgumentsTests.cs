using System.Net;
using CreditGrains.Server;

namespace CreditGrains.Api.Tests.Server;

/// <summary>The server's command line.</summary>
public sealed class ServerArgumentsTests
{
    [Fact]
    public void Parse_Nothing_IsTheUsual()
    {
        var read = ServerArguments.Parse([], out var fault);
        Assert.Null(fault);
        Assert.Equal(new ServerArguments("data", IPAddress.Loopback, ServerOptions.GrpcPortUsual, ServerOptions.HttpPortUsual, Demo: false, Security: null, Open: false), read);
    }

    [Fact]
    public void Parse_Everything_IsThat()
    {
        var read = ServerArguments.Parse(["--demo", "--data", "d", "--address", "0.0.0.0", "--grpc-port", "0", "--http-port", "65535"], out var fault);
        Assert.Null(fault);
        Assert.Equal(new ServerArguments("d", IPAddress.Any, 0, 65_535, Demo: true, Security: null, Open: false), read);
    }

    [Theory]
    [InlineData("'x' is no option", "x")]
    [InlineData("--data needs a value", "--data")]
    [InlineData("--address cannot be 'here'", "--address", "here")]
    [InlineData("--grpc-port cannot be '65536'", "--grpc-port", "65536")]
    [InlineData("--http-port cannot be '-1'", "--demo", "--http-port", "-1")]
    public void Parse_WhatItCannot_SaysWhich(string expected, params string[] args)
    {
        ServerArguments.Parse(args, out var fault);
        Assert.Equal(expected, fault);
    }
}

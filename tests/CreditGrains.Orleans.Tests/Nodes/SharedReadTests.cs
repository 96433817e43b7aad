using CreditGrains.Orleans.Nodes;

namespace CreditGrains.Orleans.Tests.Nodes;

/// <summary>Readings shared by those who ask.</summary>
public sealed class SharedReadTests
{
    private readonly List<TaskCompletionSource<int>> readings = [];

    private SharedRead<int> Read() => new(() =>
    {
        readings.Add(new TaskCompletionSource<int>());
        return readings[^1].Task;
    });

    [Fact]
    public async Task Read_WhileOneIsUnderWay_GetsTheNextOneAndSharesIt()
    {
        var read = Read();
        var first = read.ReadAsync();
        Task<int>[] later = [read.ReadAsync(), read.ReadAsync()];
        Assert.Single(readings);
        readings[0].SetResult(1);
        Assert.Equal(1, await first);
        // What was asked for after the first began is read after it.
        Assert.Equal(2, readings.Count);
        readings[1].SetResult(2);
        var answers = await Task.WhenAll(later);
        Assert.All(answers, answer => Assert.Equal(2, answer));
    }

    [Fact]
    public async Task Read_AfterOneThatFailed_ReadsAgain()
    {
        var read = Read();
        var first = read.ReadAsync();
        var second = read.ReadAsync();
        readings[0].SetException(new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => first);
        readings[1].SetResult(2);
        Assert.Equal(2, await second);
    }
}

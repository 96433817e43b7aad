using System.Buffers;
using System.Threading.Tasks.Sources;
using CreditGrains.Api.Steps;
using CreditGrains.Engine;

namespace CreditGrains.Api.Services;

/// <summary>Writes the answer to the hot call when its outcome is taken.</summary>
internal sealed class AnswerStep(StepPool<AnswerStep> pool) : OutcomeStep, IValueTaskSource
{
    private IBufferWriter<byte> response = null!;

    /// <summary>Waits for an outcome.</summary>
    /// <param name="pending">Is waited for.</param>
    /// <param name="output">Gets the answer.</param>
    public ValueTask After(in ValueTask<Domain.Decisions.Outcome> pending, IBufferWriter<byte> output)
    {
        response = output;
        Begin(pending);
        return new ValueTask(this, Version);
    }

    /// <inheritdoc/>
    /// <exception cref="Transport.RpcException">The engine cannot serve; see <see cref="Statuses"/>.</exception>
    public void GetResult(short token)
    {
        Check(token);
        var output = response;
        try
        {
            CommandCalls.Answer(Take(), output);
        }
        catch (EngineFaultException fault)
        {
            throw Statuses.Of(fault);
        }
        finally
        {
            response = null!;
            pool.Return(this);
        }
    }
}

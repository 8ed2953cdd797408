"""Make a report of problems: what to do about the commonest, and nothing that only follows from another."""

from dataclasses import replace

from engine.dmn.hints import HINTS
from engine.domain.rejection import Problem

_HINTS = HINTS | {
    "boundary.host": "把事件放到活动的边上。 Put the event on the edge of an activity.",
    "boundary.never": "错误来自服务任务，升级来自子流程或被调用的流程。 Errors come from service tasks, "
    "escalations from inside a sub-process or called process.",
    "bpmn.id": "id 以字母开头，只含字母、数字、_、-、.。 Begin with a letter; use letters, digits, _, - and . only.",
    "bpmn.long": "改短 id 或名称。 Shorten the id or name.",
    "bpmn.no_process": "文件里应有一个带内容的池或流程。 Draw a process, or a pool with content.",
    "bpmn.no_id": "在建模器里另存一次，它会补上 id。 Save the file in a modeller, which gives every element an id.",
    "bpmn.root": "文件应是 BPMN 2.0 的 XML。 The file should be the XML of BPMN 2.0.",
    "bpmn.same_id": "改掉其中一个 id。 Rename one of the two.",
    "bpmn.same_process": "一次部署里每个流程 id 只能出现一次。 A process id may occur once in a deployment.",
    "call.start": "加一个普通的开始事件。 Add a plain start event.",
    "call.target": "填写 calledElement（流程 id）。 Set calledElement to the id of a process.",
    "call.mapping": "写明 source（或 sourceExpression）和 target。 Give a source or sourceExpression, and a target.",
    "compensation.nothing": "给活动加上补偿边界事件。 Put a compensation event on an activity.",
    "compensation.unused": "用关联线连接补偿事件和活动。 Connect the event and the activity by an association.",
    "element.unreachable": "连上顺序流，或删除此元素。 Connect it by a sequence flow, or remove it.",
    "event.code": "给引用的错误或升级填写代码。 Give the referenced error or escalation a code.",
    "event.condition": "填写条件，例如 =amount > 100。 Write a condition such as =amount > 100.",
    "event.error": "勾选“中断”。 Make the event interrupting.",
    "event.reference": "在文件里定义它，或改引用。 Define it in the file, or change the reference.",
    "event.shared": "把事件定义画在事件里。 Draw the definition into the event itself.",
    "event.unsupported": "换一种事件类型或位置。 Use another kind of event, or another place.",
    "event.name": "给事件引用的消息或信号取名。 Give the referenced message or signal a name.",
    "event.trigger": "选择事件类型：定时、消息、信号…… Choose what it waits for: a timer, a message, a signal...",
    "flow.condition": "把条件移到排他或包容网关之后。 Move the condition behind an exclusive or inclusive gateway.",
    "flow.default_never": "给其他顺序流写条件。 Write conditions on the other flows.",
    "flow.into": "删除这条顺序流。 Remove the flow.",
    "flow.out": "删除这条顺序流。 Remove the flow.",
    "gateway.default": "删除默认流的条件。 Remove the condition of the default flow.",
    "gateway.end": "连上流出的顺序流，或改为结束事件。 Draw a flow out of it, or an end event instead.",
    "gateway.event": "网关后面直接画接收事件。 Draw catch events right behind the gateway.",
    "instantiate.trigger": "给开始案件的元素选一个消息。 Give what begins the case a message.",
    "link.target": "画出同名的链接接收事件。 Draw a link catch of the same name.",
    "link.twice": "每个链接名只留一个接收事件。 Keep one catch for each name.",
    "flow.ends": "顺序流不能跨越子流程的边界。 A sequence flow cannot cross the border of a sub-process.",
    "gateway.condition": "给顺序流写条件，例如 =amount > 100，或设为默认流。 Write a condition such as =amount > 100, "
    "or make the flow the default.",
    "gateway.no_default": "把其中一条设为默认流。 Make one of the flows the default.",
    "process.skipped": '要部署它就设 isExecutable="true"。 Set isExecutable="true" to deploy it.',
    "receive.no_message": "填写 messageRef。 Set messageRef.",
    "script.empty": "写脚本，例如 x = a + b。 Write a script such as x = a + b.",
    "script.resource": "把脚本写进 <script>。 Write the script into <script>.",
    "sub_process.trigger": "改为事件子流程，或用普通的开始事件。 Make it an event sub-process, or use a plain start.",
    "timer.cycle": "用时长或日期。 Use a duration or a date.",
    "timer.literal": "例如 P3D、PT2H、2026-05-01T09:00:00+08:00。 For example P3D, PT2H.",
    "process.start": "加一个开始事件。 Add a start event.",
    "rule.decision": 'camunda:decisionRef="…"',
    "sub_process.start": "子流程里保留一个开始事件。 Keep one start event in the sub-process.",
    "task.nobody": "填写 camunda:assignee 或 camunda:candidateGroups。 Set one of these two.",
    "timer.empty": "填写时间，例如 P3D、R3/PT24H 或 =deadline。 Set a time such as P3D, R3/PT24H or =deadline.",
    "unknown.decision": "把 .dmn 文件一起部署。 Deploy the .dmn file together with the diagram.",
    "unknown.form": "把 .form 文件一起部署。 Deploy the .form file too.",
    "unknown.group": "在 config.yaml 的 groups 里加上它。 Add it to groups in config.yaml.",
    "unknown.variable": "在表单、脚本、映射或决策里写入它。 Write it in a form, script, mapping or decision.",
    "unknown.process": "把被调用流程的 .bpmn 文件一起部署。 Deploy the file of the called process too.",
    "unknown.topic": "在 workflows/*/delegates.py 里为主题写处理函数，或在 external_topics 里列出。 "
    "Write a delegate for the topic, or list it in external_topics.",
    "xml.depth": "减少子流程的层数，用调用活动分开。 Use call activities instead of so many levels.",
    "xml.size": "把流程拆成几个文件，用调用活动连接。 Split the process and connect the parts by call activities.",
    "xml.syntax": "文件可能不完整，或编码与声明不符。 The file may be cut off or wrongly encoded.",
}


# What follows from a problem of the same element that was told already.
_FOLLOWS = {
    "event.trigger": {"event.condition", "event.name", "event.reference", "event.unsupported", "timer.empty"},
    "service.topic": {"foreign.zeebe", "foreign.prefix"},
    "rule.decision": {"foreign.zeebe", "foreign.prefix"},
    "call.target": {"foreign.zeebe", "foreign.prefix"},
    "loop.collection": {"foreign.zeebe", "foreign.prefix"},
    "task.nobody": {"foreign.zeebe", "foreign.prefix", "task.resource"},
}


def report(found: list[Problem]) -> list[Problem]:
    """Every problem with a hint; what only follows from another is left out."""
    told: dict[tuple[str, str | None], set[str]] = {}
    for problem in found:
        told.setdefault((problem.file, problem.element_id), set()).add(problem.key)
    return [
        _with_hint(problem)
        for problem in found
        if _FOLLOWS.get(problem.key, set()).isdisjoint(told[problem.file, problem.element_id])
    ]


def _with_hint(problem: Problem) -> Problem:
    """The problem with the usual hint, unless whoever found it gave a better one."""
    if problem.hint is not None or problem.key not in _HINTS:
        return problem
    return replace(problem, hint=_HINTS[problem.key])

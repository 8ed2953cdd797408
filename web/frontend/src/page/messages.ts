// The texts that scripts show, Chinese first, English second.

const CATALOGUE = {
  "theme.dark": ["深色", "Dark"],
  "theme.light": ["浅色", "Light"],
  "keys.title": ["键盘快捷键", "Keyboard shortcuts"],
  "keys.move": ["下一行 / 上一行", "Next / previous row"],
  "keys.open": ["打开当前行", "Open the row"],
  "keys.claim": ["签收当前任务", "Claim the task"],
  "keys.search": ["搜索", "Search"],
  "keys.help": ["显示本说明", "Show this help"],
  close: ["关闭", "Close"],
  cancel: ["取消", "Cancel"],
  confirm: ["确定", "Confirm"],
  "confirm.title": ["请确认", "Please confirm"],
  "draft.saving": ["正在保存草稿…", "Saving the draft…"],
  "draft.saved": ["草稿已保存（{time}）", "Draft saved ({time})"],
  "draft.offline": ["暂时无法保存到服务器，已在本机留存", "The server cannot be reached; kept on this computer"],
  "draft.stale": ["草稿未保存：此任务已有变化，请刷新页面", "Not saved: this task has changed, reload the page"],
  "draft.found": [
    "本机留有 {time} 未保存到服务器的填写内容。",
    "This computer holds entries of {time} that never reached the server.",
  ],
  "draft.restore": ["恢复", "Restore"],
  "draft.discard": ["丢弃", "Discard"],
  "refresh.failed": ["无法更新表单的显示，请检查网络", "The form could not be updated, check the network"],
  "list.added": ["已增加第 {number} 行", "Row {number} added"],
  "list.removed": ["已删除一行", "Row removed"],
  "upload.running": ["正在上传 {percent}%", "Uploading {percent}%"],
  "upload.done": ["上传完成", "Uploaded"],
  "upload.failed": ["上传失败，请重试", "Upload failed, try again"],
  "upload.large": ["文件超过 {limit}", "The file is larger than {limit}"],
  "upload.pending": ["文件还在上传，请稍候再提交", "Files are still uploading, please wait"],
  remove: ["移除", "Remove"],
  "bulk.count": ["已选 {count} 项", "{count} selected"],
  "diagram.in": ["放大", "Zoom in"],
  "diagram.out": ["缩小", "Zoom out"],
  "diagram.fit": ["适应窗口", "Fit"],
  "diagram.list": ["流程图文字说明", "The diagram in words"],
  "diagram.failed": ["流程图无法显示", "The diagram cannot be shown"],
  "diagram.current": ["办理中", "In progress"],
  "diagram.focus": ["本任务", "This task"],
  "diagram.visited": ["已完成", "Done"],
  "diagram.late": ["超期 {count}", "{count} late"],
  "diagram.count": ["{count} 件", "{count} cases"],
  "diagram.hours": ["平均 {hours} 小时", "{hours} hours on average"],
  "diagram.added": ["新增", "Added"],
  "diagram.changed": ["修改", "Changed"],
  "diagram.moved": ["位置变动", "Moved"],
  "replay.play": ["播放", "Play"],
  "replay.pause": ["暂停", "Pause"],
  "replay.slider": ["回放进度", "Position"],
  "designer.undo": ["撤销", "Undo"],
  "designer.redo": ["重做", "Redo"],
  "designer.import": ["导入", "Import"],
  "designer.download": ["下载", "Download"],
  "designer.save": ["保存草稿", "Save draft"],
  "designer.check": ["检查", "Check"],
  "designer.deploy": ["部署", "Deploy"],
  "designer.canvas": ["流程图画布", "Diagram canvas"],
  "designer.toolbar": ["设计工具", "Designer tools"],
  "designer.properties": ["属性", "Properties"],
  "designer.problems": ["问题（{count}）", "Problems ({count})"],
  "designer.clean": ["服务器检查没有发现问题", "The server found no problems"],
  "designer.unchecked": ["尚未检查", "Not checked yet"],
  "designer.unsaved": ["有未保存的修改", "Unsaved changes"],
  "designer.saved": ["草稿已保存（{time}）", "Draft saved ({time})"],
  "designer.stale": [
    "您画的内容尚未保存。可以另存为副本，或放弃它并打开对方的草稿。",
    "What you drew is not saved. Keep it as a copy, or give it up and open the other draft.",
  ],
  "designer.staleTitle": ["他人已保存另一份草稿", "Somebody else saved another draft"],
  "designer.takeTheirs": ["采用对方的草稿", "Take theirs"],
  "designer.keepMine": ["把我的另存为副本", "Keep mine as a copy"],
  "designer.found": [
    "本机留有 {time} 未保存到服务器的流程图。",
    "This computer holds a drawing of {time} that never reached the server.",
  ],
  "designer.offline": ["无法连接服务器，修改尚未保存", "The server cannot be reached; nothing was saved"],
  "designer.unreadable": ["无法读取此文件：{reason}", "This file cannot be read: {reason}"],
  "designer.comment": ["部署说明（必填）", "Why this version (required)"],
  "designer.commentHint": ["说明本次修改的内容和理由，将写入日志。", "What changes and why; it is written to the log."],
  "designer.deployed": ["已部署为第 {version} 版", "Deployed as version {version}"],
  "designer.open": ["查看", "Open"],
  "designer.refused": ["未部署，请先处理下列问题", "Not deployed, see the problems below"],
  "designer.replace": ["导入将替换当前画布，继续吗？", "Importing replaces the diagram. Continue?"],
  error: ["错误", "Error"],
  warning: ["警告", "Warning"],
} as const satisfies Record<string, readonly [string, string]>;

export type MessageKey = keyof typeof CATALOGUE;

export const english = document.documentElement.lang.startsWith("en");

export function text(key: MessageKey, values: Record<string, string | number> = {}): string {
  const template: string = CATALOGUE[key][english ? 1 : 0];
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** Clock time of today, date and time otherwise. */
export function momentText(moment: Date): string {
  const locale = english ? "en-GB" : "zh-CN";
  const sameDay = moment.toDateString() === new Date().toDateString();
  return sameDay ? moment.toLocaleTimeString(locale) : moment.toLocaleString(locale);
}
